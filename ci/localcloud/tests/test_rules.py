"""The table of AWS's rules says what the cloud enforces, and its rows name tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
CLOUD = PROJECT / "ci/localcloud"
COLUMNS = ("number", "rule", "source", "enforcer", "program", "tests", "status")
KEPT = {"enforced", "program", "template"}
STATUSES = KEPT | {"not yet", "unused"}
NUMBERS = {str(n) for n in range(1, 32)} | {
    "1b",
    "1c",
    "permissions",
    "tag-policy",
    "volume-tags",
}


def rows():
    lines = (CLOUD / "RULES.md").read_text().splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| ") and not line.startswith("| # ")
    ]
    return [dict(zip(COLUMNS, row, strict=True)) for row in cells]


@cache
def marks():
    """The numbers of `@rule("…")` by module."""
    found = {}
    for path in CLOUD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for mark in node.decorator_list:
                if (
                    isinstance(mark, ast.Call)
                    and getattr(mark.func, "id", "") == "rule"
                ):
                    for argument in mark.args:
                        module = str(path.relative_to(CLOUD))
                        found.setdefault(argument.value, set()).add(module)
    return found


ROWS = rows()
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["number"])


def test_every_rule_has_one_row():
    numbers = [row["number"] for row in ROWS]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == NUMBERS


def test_what_is_marked_is_what_the_table_calls_enforced():
    enforced = {row["number"] for row in ROWS if row["status"] == "enforced"}
    assert set(marks()) == enforced


@each_row
def test_a_row_names_its_source_and_its_status(row):
    assert row["status"] in STATUSES
    assert re.search(r"\]\(https://\S+\)", row["source"]) or row["source"] == "a guess"


@each_row
def test_a_kept_rule_names_who_keeps_it_and_a_test_that_shows_it(row):
    if row["status"] not in KEPT:
        return
    places = re.findall(r"`([\w./-]+(?:/|\.\w+))`", row["enforcer"])
    assert places
    base = CLOUD if row["status"] == "enforced" else PROJECT
    assert all((base / place).exists() for place in places)
    if row["status"] == "enforced":
        marked = marks()[row["number"]]
        assert any(module.startswith(p) for module in marked for p in places)
    named = re.findall(r"`([\w/.]+)::(\w+)`", row["tests"])
    assert named
    for path, name in named:
        assert f"def {name}(" in (PROJECT / path).read_text(), name
