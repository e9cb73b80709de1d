"""Ways to change moto's classes that say what they do."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult


def wrap(owner: Any, name: str) -> Callable:
    """Replace `owner.name` by a function that receives the original first."""

    def decorate(function: Callable) -> Callable:
        original = getattr(owner, name)

        @functools.wraps(original)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            return function(original, *args, **kwargs)

        setattr(owner, name, replacement)
        return function

    return decorate


def operation(owner: type) -> Callable:
    """Add a method to a moto response class: moto dispatches an operation by its name."""

    def decorate(function: Callable) -> Callable:
        setattr(owner, function.__name__, function)
        return function

    return decorate


def paged(response: Any, key: str, items: list, default_size: int = 0) -> ActionResult:
    """Return one page of `items`, as `MaxResults` and `NextToken` of the request ask."""
    size = int(response._get_param("MaxResults") or default_size)
    start = int(response._get_param("NextToken") or 0)
    end = start + size if size else len(items)
    token = str(end) if end < len(items) else None
    return ActionResult({key: items[start:end], "NextToken": token})
