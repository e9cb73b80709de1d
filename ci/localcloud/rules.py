"""Marks what enforces a rule of AWS; `RULES.md` is the table of them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Function = TypeVar("Function", bound=Callable)

_enforcing: dict[str, list[str]] = {}


def rule(*numbers: str) -> Callable[[Function], Function]:
    """Say that a function lets the local cloud keep the rules of these numbers."""

    def decorate(function: Function) -> Function:
        for number in numbers:
            place = f"{function.__module__}.{function.__qualname__}"
            _enforcing.setdefault(number, []).append(place)
        return function

    return decorate
