"""The repository's Markdown: its fenced blocks, its headings, its links."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .cloud import ROOT

FENCE = "```"
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
INLINE_CODE = re.compile(r"(`+).+?\1", re.DOTALL)
HEADING = re.compile(r"#{1,6} +(.+?)(?: +#+)?")
OWN_ANCHOR = re.compile(r'<a (?:id|name)="([^"]+)"')


@dataclass
class Block:
    """A fenced block of a page: its first line's number, its info words, its text."""

    line: int
    words: list[str]
    text: str

    @property
    def status(self) -> int:
        """The status that it says it ends with."""
        for word in self.words[1:]:
            name, _, value = word.partition("=")
            assert name == "status", f"line {self.line}: unknown info word `{word}`"
            return int(value)
        return 0


def split(text: str) -> tuple[str, list[Block]]:
    """Return a page without its fenced blocks, and those."""
    prose: list[str] = []
    blocks: list[Block] = []
    current: Block | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(FENCE):
            if current is None:
                current = Block(number, line.strip().removeprefix(FENCE).split(), "")
            else:
                blocks.append(current)
                current = None
        elif current is None:
            prose.append(line)
        else:
            current.text += line + "\n"
    assert current is None, f"the block of line {current and current.line} has no end"
    return "\n".join(prose), blocks


def pages() -> list[Path]:
    """Return every Markdown file of the repository, those to be committed too."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard", "*.md"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    return [path for n in names.stdout.split("\0") if n and (path := ROOT / n).exists()]


def anchors(page: Path) -> set[str]:
    """Return what can stand behind `#` in a link to a page, as GitHub makes it of headings."""
    prose, _ = split(page.read_text())
    found: set[str] = set(OWN_ANCHOR.findall(prose))
    for line in prose.splitlines():
        if heading := HEADING.fullmatch(line):
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            number, name = 0, slug
            while name in found:
                number += 1
                name = f"{slug}-{number}"
            found.add(name)
    return found


def broken_links(page: Path) -> list[str]:
    """Return the relative links of a page that lead to no file or no heading."""
    prose, _ = split(page.read_text())
    broken = []
    for inline, reference in LINK.findall(INLINE_CODE.sub("", prose)):
        link = inline or reference
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken
