"""The page of `dssbatch report` in a real browser: on a phone, in the dark, by keyboard, unaided."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from .matrix import FILE, Matrix
from .project import MANIFEST, Project

pytestmark = pytest.mark.slow
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
# What a screenshot of an empty page would be smaller than.
EMPTY_BYTES = 8_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; Ubuntu has it as a snap alone, which tests cannot use."""
    program = shutil.which("chromium")
    if program is None and "debian" not in Path("/etc/os-release").read_text():
        pytest.skip("only Debian has a package of Chromium")
    assert program, "there is no `chromium`: run `bin/setup`"
    with sync_playwright() as playwright:
        # Its sandbox needs what containers rarely have; the page is our own.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=program, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def pages(released: Project) -> dict[str, Path]:
    """The page of a release that is partly stale and has a failure, and of a matrix."""
    released.set("export", "prefix", value="elsewhere")
    released.set_runner(message="no space left")
    (released.root / "ansible/sandbox.yml").write_text("# changed\n")
    released.run("--only", "ami", check=1)
    matrix = Matrix(released, "ab")
    shutil.copytree(released.results, matrix.folder(matrix.ids[0]))
    found = {}
    for name, manifest in (("release", MANIFEST), ("matrix", FILE)):
        found[name] = released.folder / f"{name}.html"
        arguments = ("--format", "html", "--output", str(found[name]))
        released.dssbatch("report", manifest, *arguments, check=0)
    return found


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page and watch what it asks for and complains of: nothing but itself."""
    contexts, troubles, requests = [], [], []

    def opened(path: Path, size: str = "desk", **options: object) -> Page:
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []
    assert all(url.startswith("file://") for url in requests)
    assert len(requests) == len(contexts)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["release", "matrix"])
def test_is_readable(
    pages: dict[str, Path],
    open_page: Callable[..., Page],
    name: str,
    size: str,
    scheme: str,
    tmp_path: Path,
) -> None:
    page = open_page(pages[name], size, color_scheme=scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    # Only tables and the drawing scroll sideways, each by itself.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture = page.screenshot(
        path=tmp_path / f"{name}-{size}-{scheme}.png", full_page=True
    )
    assert len(picture) > EMPTY_BYTES
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(21, 24, 28)")


def test_by_keyboard(pages: dict[str, Path], open_page: Callable[..., Page]) -> None:
    page = open_page(pages["release"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    assert {"A", "BUTTON", "DIV"} <= reached


def test_buttons_copy(
    pages: dict[str, Path], open_page: Callable[..., Page], released: Project
) -> None:
    page = open_page(
        pages["release"], permissions=["clipboard-read", "clipboard-write"]
    )
    image = released.result("ami")["outputs"]["imageId"]
    button = page.get_by_role("button", name=f"Copy AMI {image}")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_text(f"Copied {image}").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()") == image


def test_everything_is_there_without_scripts(
    pages: dict[str, Path], open_page: Callable[..., Page], released: Project
) -> None:
    page = open_page(pages["release"], java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    image = released.result("ami")["outputs"]["imageId"]
    checksum = released.result("export-vmdk")["outputs"]["sha256"]
    for text in (image, f"sha256:{checksum}"):
        assert page.get_by_text(text, exact=True).first.is_visible()


def test_the_drawing_by_itself(
    pages: dict[str, Path],
    open_page: Callable[..., Page],
    released: Project,
    tmp_path: Path,
) -> None:
    drawn = released.dssbatch("graph", MANIFEST, "--format", "svg", check=0).stdout
    path = released.folder / "stages.svg"
    path.write_text(drawn)
    for scheme in ("light", "dark"):
        page = open_page(path, color_scheme=scheme)
        width = page.evaluate("document.documentElement.getBBox().width")
        assert width > 600
        page.screenshot(path=tmp_path / f"stages-{scheme}.png")
