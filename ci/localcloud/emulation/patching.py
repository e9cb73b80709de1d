"""Ways to change moto's classes that say what they do.

A module declares its changes; importing it changes nothing. `catalogue.install` makes them, in one
order that everybody can read.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from moto.core.responses import ActionResult

# By module, in the order of the text.
_declared: dict[str, list[Callable[[], Any]]] = {}


def declare(module: str, make: Callable[[], Any]) -> None:
    """Remember a change of a module."""
    _declared.setdefault(module, []).append(make)


def install(module: ModuleType) -> None:
    """Make the changes that a module declares."""
    for make in _declared.pop(module.__name__, []):
        make()


def not_installed() -> list[str]:
    """Return the modules whose changes were declared and never made."""
    return sorted(_declared)


def change(function: Callable[[], None]) -> Callable:
    """Declare a function that makes a change."""
    declare(function.__module__, function)
    return function


def wrap(owner: Any, name: str) -> Callable:
    """Replace `owner.name` by a function that receives the original first.

    The original of a class method is bound to the class already.
    """

    def decorate(function: Callable) -> Callable:
        def make() -> None:
            original = getattr(owner, name)

            @functools.wraps(original)
            def replacement(*args: Any, **kwargs: Any) -> Any:
                return function(original, *args, **kwargs)

            is_bound = inspect.ismethod(original)
            setattr(owner, name, staticmethod(replacement) if is_bound else replacement)

        declare(function.__module__, make)
        return function

    return decorate


def operation(owner: type) -> Callable:
    """Add a method to a moto response class: moto dispatches an operation by its name."""

    def decorate(function: Callable) -> Callable:
        declare(
            function.__module__, lambda: setattr(owner, function.__name__, function)
        )
        return function

    return decorate


def paged(response: Any, key: str, items: list, default_size: int = 0) -> ActionResult:
    """Return one page of `items`, as `MaxResults` and `NextToken` of the request ask."""
    size = int(response._get_param("MaxResults") or default_size)
    start = int(response._get_param("NextToken") or 0)
    end = start + size if size else len(items)
    token = str(end) if end < len(items) else None
    return ActionResult({key: items[start:end], "NextToken": token})
