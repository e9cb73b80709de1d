"""`update-release`: notes and documents on a release's page, read back with PyGithub."""

from __future__ import annotations

import json

import pytest

from .github_server import READ_TOKEN, TOKEN, GitHubServer, Release, running_github
from .program import Outcome, assert_error
from .project import Project

BEGIN, END = "<!-- dssbatch:begin -->", "<!-- dssbatch:end -->"
FILES = {"artifacts.md", "release.json", "ami.inventory.json", "ami.cdx.json"}


@pytest.fixture
def page(hub: GitHubServer) -> Release:
    """A draft that somebody has begun to write."""
    return hub.add("3.4.0", title="Spring", body="Hand-written — é\n\nThanks!")


def update(
    project: Project,
    hub: GitHubServer,
    release: Release | None,
    *options: str,
    check: int | None = 0,
    **env: str | None,
) -> Outcome:
    """`dssbatch update-release` with nothing that leads to AWS."""
    no_cloud = dict.fromkeys(project.cloud.environment)
    arguments = ["--release-id", str(release.id)] if release else []
    return project.dssbatch(
        "update-release",
        *arguments,
        *options,
        env=no_cloud | hub.environment() | env,
        check=check,
    )


def assert_published(project: Project, hub: GitHubServer, release: Release) -> None:
    """Assert that GitHub has what the project's folder of results has."""
    files = {name: (project.results / name).read_bytes() for name in FILES}
    assert_published_documents(hub, release, files)


def assert_published_documents(
    hub: GitHubServer, release: Release, files: dict[str, bytes]
) -> None:
    """Assert one section and one asset of each name, as independent eyes see them."""
    seen = hub.eyes(release)
    assert seen.body.count(BEGIN) == seen.body.count(END) == 1
    section = seen.body.split(BEGIN)[1].split(END)[0]
    document = json.loads(files["release.json"])
    for image in document["images"]:
        assert image["sha256"] in section
        assert image["url"] in section
    for region, image in document["ami"]["regions"].items():
        assert f"| {region} | `{image}` |" in section
    assets = list(seen.get_assets())
    names = [asset.name for asset in assets]
    assert len(names) == len(set(names))
    assert set(names) >= FILES
    assert not [name for name in names if ".dssbatch-" in name]
    for name in FILES:
        assert release.contents()[name] == files[name]


def test_notes_and_documents_are_published_without_aws(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    mark = released.cloud.mark()
    update(released, hub, page)
    assert_published(released, hub, page)
    assert released.cloud.requests(mark) == []
    seen = hub.eyes(page)
    assert seen.name == "Spring" and seen.draft and not seen.prerelease
    assert page.body.startswith(f"Hand-written — é\n\nThanks!\n\n{BEGIN}\n")
    outputs = released.result("github-release")["outputs"]
    assert outputs["releaseId"] == page.id and outputs["url"] == seen.html_url
    assert {asset["name"] for asset in outputs["assets"]} == FILES
    versions = {entry["headers"]["x-github-api-version"] for entry in hub.log[:5]}
    assert versions == {"2022-11-28"}


def test_a_second_time_changes_nothing_and_is_fresh(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    update(released, hub, page)
    body, ids = page.body, [asset.id for asset in page.assets]
    mark = len(hub.log)
    outcome = update(released, hub, page, "--json")
    assert outcome.started() == set()
    assert {entry["method"] for entry in hub.log[mark:]} == {"GET"}
    assert (page.body, [asset.id for asset in page.assets]) == (body, ids)


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "no line end",
        "one\n",
        "two\n\n",
        "CRLF\r\n\r\n* a\r\n",
        "e\u0301 is not é\n",
        "before\n\n" + BEGIN + "\nold\n" + END + "\n\nafter\n",
        "before\r\n" + BEGIN + "\r\nold\r\nlines\r\n" + END + " after\r\n",
        BEGIN + END,
    ],
)
def test_what_people_wrote_stays_byte_for_byte(
    released: Project, hub: GitHubServer, body: str | None
) -> None:
    page = hub.add("v1", title=None, body=body, draft=False, prerelease=True)
    for _ in range(2):
        update(released, hub, page)
        before, _, rest = page.body.partition(BEGIN)
        section, _, after = rest.partition(END)
        if body and BEGIN in body:
            assert before == body.partition(BEGIN)[0]
            assert after == body.partition(END)[2]
        else:
            assert before.startswith(body or "")
            assert before[len(body or "") :].strip("\r\n") == "" and after == ""
        assert section.startswith("\r\n" if "\r\n" in (body or "") else "\n")
        if "\r\n" in (body or ""):
            assert section.replace("\r\n", "").count("\n") == 0
    assert (page.title, page.draft, page.prerelease) == (None, False, True)


def test_what_was_changed_on_the_page_is_put_right(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    update(released, hub, page)
    right = page.body
    page.body = page.body.replace("| Region | AMI |", "| Ort | AMI |") + "\n\nMore."
    page.assets.remove(page.asset("artifacts.md"))
    page.asset("release.json").content = b"{}"
    update(released, hub, page)
    assert page.body == right + "\n\nMore."
    assert_published(released, hub, page)


def test_a_document_that_changed_replaces_its_asset(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    page.add("notes.pdf", b"by hand", "application/pdf")
    update(released, hub, page)
    path = released.results / "artifacts.md"
    path.write_text(path.read_text() + "\nCorrected.\n")
    mark = len(hub.log)
    update(released, hub, page)
    assert_published(released, hub, page)
    assert page.contents()["notes.pdf"] == b"by hand"
    writing = [e["method"] for e in hub.log[mark:] if e["method"] != "GET"]
    assert writing == ["POST", "DELETE", "PATCH"]


@pytest.mark.parametrize(
    "body",
    [
        BEGIN,
        END,
        f"{END}\n{BEGIN}",
        f"{BEGIN}\n{END}\n{BEGIN}\n{END}",
        f"{BEGIN}\n{BEGIN}\n{END}",
        f"{BEGIN}\ntext\n<!-- dssbatch:end",
    ],
)
def test_broken_markers_are_an_error_and_nothing_is_touched(
    released: Project, hub: GitHubServer, page: Release, body: str
) -> None:
    page.body = body
    outcome = update(released, hub, page, check=2)
    assert_error(outcome, 2, "one section", "markers")
    assert hub.calls("POST", "PATCH", "DELETE") == []


def test_a_text_that_people_change_meanwhile_keeps_their_change(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    def type_on() -> None:
        page.body += "\n\nTyped meanwhile."

    hub.before("POST", "/assets$", type_on)
    update(released, hub, page)
    assert page.body.startswith("Hand-written — é\n\nThanks!\n\nTyped meanwhile.\n\n")
    assert_published(released, hub, page)


def test_people_may_write_of_the_program_what_they_like(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    text = "See dssbatch:latest, `dssbatch:begin` and <!--dssbatch:end-->."
    page.body = text
    update(released, hub, page)
    assert page.body.startswith(f"{text}\n\n{BEGIN}\n")
    page.body += f"\n\n{text}"
    path = released.results / "artifacts.md"
    path.write_text(path.read_text() + "\nCorrected.\n")
    update(released, hub, page)
    assert_published(released, hub, page)
    assert page.body.startswith(f"{text}\n\n{BEGIN}\n")
    assert page.body.endswith(f"{END}\n\n{text}")


def test_a_character_is_one_whatever_bytes_it_takes(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    page.body = "🦆" * 120_000
    update(released, hub, page)
    assert_published(released, hub, page)
    assert page.body.startswith("🦆" * 120_000)


def test_a_text_near_the_limit_gets_no_notes_that_do_not_fit(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    page.body = "x" * 124_990
    outcome = update(released, hub, page, check=1)
    assert_error(outcome, 1, "do not fit", "shorten")
    assert page.body == "x" * 124_990


# Errors


def test_a_bad_token_is_known_by_its_own_error(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    outcome = update(released, hub, page, check=None, GITHUB_TOKEN="ghp_wrong")
    assert_error(outcome, 2, "does not accept the token", "GITHUB_TOKEN")
    assert "ghp_wrong" not in outcome.stderr + outcome.stdout


def test_no_token_is_a_configuration_error(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    outcome = update(released, hub, page, check=None, GITHUB_TOKEN=None)
    assert_error(outcome, 2, "GITHUB_TOKEN", "contents: write")
    assert hub.log == []
    update(released, hub, page, GITHUB_TOKEN="", GH_TOKEN=TOKEN)


def test_a_token_that_may_only_read_names_the_permission(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    page.draft = False
    outcome = update(released, hub, page, check=1, GITHUB_TOKEN=READ_TOKEN)
    assert_error(outcome, 1, "may not", "contents: write", hub.repository)


def test_a_release_that_is_not_there_says_how_to_find_one(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    page.id += 100_000_000
    hub.releases.clear()
    outcome = update(released, hub, page, check=2)
    assert_error(outcome, 2, "there is no such thing", "/release/repository")


def test_no_release_id_and_no_release_json_are_usage_errors(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    outcome = update(released, hub, None, check=2)
    assert_error(outcome, 2, "which release", "--release-id")
    outcome = update(released, hub, page, "--asset-id", "nobody-made-it", check=2)
    assert_error(outcome, 2, "release.json", "--results")
    outcome = update(released, hub, None, check=2, DSS_RELEASE_ID="v3.4.0")
    assert_error(outcome, 2, "DSS_RELEASE_ID", "not its tag")
    outcome = update(released, hub, page, "--repository", "no-slash", check=2)
    assert_error(outcome, 2, "OWNER/NAME")
    assert hub.log == []


def test_a_token_is_sent_to_no_plain_address(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    for url in ("http://github.example", "ftp://x", "https://me:pw@github.example"):
        outcome = update(released, hub, page, check=None, GITHUB_API_URL=url)
        assert_error(outcome, 2, "GITHUB_API_URL", "https://")
        assert "me:pw" not in outcome.stderr


def test_the_token_is_nowhere(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    hub.fail("status", method="POST", status=422, message=f"you said {TOKEN}")
    outcome = update(released, hub, page, "--json", "--log-level", "debug", check=1)
    assert "<secret>" in outcome.stderr
    update(released, hub, page, "--json", "--log-level", "debug")
    assert released.files_with(TOKEN.encode()) == []


# Other servers, other folders


def test_an_enterprise_server_has_its_api_elsewhere(
    released: Project, page: Release
) -> None:
    settings = {"base_path": "/api/v3", "upload_path": "/api/uploads"}
    with running_github(**settings) as hub:
        hub.tells_digest = False
        page = hub.add("3.4.0", body="x")
        update(released, hub, page)
        assert_published(released, hub, page)
        path = released.results / "artifacts.md"
        path.write_text(path.read_text().replace("Data", "Dato"))
        update(released, hub, page, GITHUB_API_URL=hub.url + "/")
        assert_published(released, hub, page)
        assert all(call.split(" ")[1].startswith("/api/") for call in hub.calls("POST"))


def test_documents_alone_are_enough(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    for path in released.results.iterdir():
        if path.is_file() and path.name not in FILES:
            path.unlink()
    update(released, hub, page)
    assert_published(released, hub, page)
    mark = len(hub.log)
    update(released, hub, page)
    assert {entry["method"] for entry in hub.log[mark:]} == {"GET"}


def test_more_assets_than_one_page_are_all_looked_at(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    for number in range(230):
        page.add(f"extra-{number:03}.bin", b"x", "application/octet-stream")
    page.add("release.json", b"old", "application/json")
    update(released, hub, page)
    assert_published(released, hub, page)
    assert len(page.assets) == 230 + len(FILES)
    assert any("page=3" in entry["query"] for entry in hub.log)
