"""The condition operators of IAM policies, on the keys of one request.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

Context = Mapping[str, Any]

VARIABLE = re.compile(r"\$\{([^}]*)\}")
# Variables for characters that would otherwise be wildcards.
LITERALS = {"*": "*", "?": "?", "$": "$"}


class UnknownOperatorError(ValueError):
    """A condition operator that IAM does not have."""


def as_list(value: Any) -> list:
    """Return a list of what a policy writes as one value or as many."""
    return value if isinstance(value, list) else [] if value is None else [value]


def value_of(context: Context, key: str) -> Any:
    """Return the value of a condition key, whose case does not count; `None` without one."""
    wanted = key.lower()
    return next((v for k, v in context.items() if k.lower() == wanted), None)


def pattern_of(text: str, context: Context) -> re.Pattern[str] | None:
    """Return what a text with variables and wildcards matches; `None` without a variable's value."""
    parts, end = [], 0
    for match in VARIABLE.finditer(text):
        parts.append(_wildcards(text[end : match.start()]))
        name, _, default = match[1].partition(",")
        known = LITERALS.get(name.strip())
        value = known if known is not None else value_of(context, name.strip())
        if value is None and default:
            value = default.strip().strip("'")
        if value is None or isinstance(value, list):
            return None
        parts.append(re.escape(str(value)))
        end = match.end()
    parts.append(_wildcards(text[end:]))
    return re.compile("".join(parts), re.DOTALL)


def filled_in(text: str, context: Context) -> str | None:
    """Return a text with its variables' values; `None` where one has none."""
    missing = False

    def fill(match: re.Match[str]) -> str:
        nonlocal missing
        name, _, default = match[1].partition(",")
        value = LITERALS.get(name.strip(), value_of(context, name.strip()))
        if value is None and default:
            value = default.strip().strip("'")
        missing = missing or value is None or isinstance(value, list)
        return str(value)

    result = VARIABLE.sub(fill, text)
    return None if missing else result


def _wildcards(text: str) -> str:
    # Only `*` and `?` are special; a bracket is itself.
    return "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in text)


def arn_matches(pattern: str, arn: str, context: Context) -> bool:
    """Return whether an ARN matches one with wildcards: each of the six parts by itself."""
    if pattern == "*":
        return True
    wanted, given = _arn_parts(pattern), arn.split(":", 5)
    if len(given) != 6:
        return pattern == arn
    # What a short ARN leaves out is anything.
    wanted += ["*"] * (6 - len(wanted))
    patterns = [pattern_of(part, context) for part in wanted]
    return all(
        p is not None and p.fullmatch(text)
        for p, text in zip(patterns, given, strict=True)
    )


def _arn_parts(text: str) -> list[str]:
    """Split at the first five colons that are not within a variable, such as `${aws:username}`."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (text[place : place + 2] == "${") - (character == "}" and depth > 0)
        if character == ":" and not depth and len(parts) < 5:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _number(text: Any) -> float:
    return float(text)


def _moment(text: Any) -> float:
    try:
        return float(text)
    except ValueError:
        moment = datetime.datetime.fromisoformat(str(text))
        return (
            moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        ).timestamp()


def _compare(read: Callable, holds: Callable) -> Callable:
    def compare(value: str, wanted: str, context: Context) -> bool:
        try:
            return holds(read(value), read(wanted))
        except ValueError:
            return False

    return compare


def _equals(value: str, wanted: str, context: Context) -> bool:
    return value == filled_in(wanted, context)


def _equals_ignoring_case(value: str, wanted: str, context: Context) -> bool:
    text = filled_in(wanted, context)
    return text is not None and value.lower() == text.lower()


def _like(value: str, wanted: str, context: Context) -> bool:
    pattern = pattern_of(wanted, context)
    return pattern is not None and pattern.fullmatch(value) is not None


def _arn(value: str, wanted: str, context: Context) -> bool:
    return arn_matches(wanted, value, context)


def _bool(value: str, wanted: str, context: Context) -> bool:
    return value.lower() == str(wanted).lower()


def _binary(value: str, wanted: str, context: Context) -> bool:
    return base64.b64decode(value) == base64.b64decode(wanted)


def _address(value: str, wanted: str, context: Context) -> bool:
    network = ipaddress.ip_network(wanted, strict=False)
    address = ipaddress.ip_address(value)
    return address.version == network.version and address in network


# Each operator: how one value compares, and whether it is a negated one.
OPERATORS: dict[str, tuple[Callable[[str, str, Context], bool], bool]] = {
    "StringEquals": (_equals, False),
    "StringNotEquals": (_equals, True),
    "StringEqualsIgnoreCase": (_equals_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equals_ignoring_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_arn, False),
    "ArnLike": (_arn, False),
    "ArnNotEquals": (_arn, True),
    "ArnNotLike": (_arn, True),
    "Bool": (_bool, False),
    "BinaryEquals": (_binary, False),
    "IpAddress": (_address, False),
    "NotIpAddress": (_address, True),
}
for _kind, _read in (("Numeric", _number), ("Date", _moment)):
    OPERATORS |= {
        f"{_kind}Equals": (_compare(_read, lambda a, b: a == b), False),
        f"{_kind}NotEquals": (_compare(_read, lambda a, b: a == b), True),
        f"{_kind}LessThan": (_compare(_read, lambda a, b: a < b), False),
        f"{_kind}LessThanEquals": (_compare(_read, lambda a, b: a <= b), False),
        f"{_kind}GreaterThan": (_compare(_read, lambda a, b: a > b), False),
        f"{_kind}GreaterThanEquals": (_compare(_read, lambda a, b: a >= b), False),
    }


def condition_holds(condition: dict[str, dict[str, Any]], context: Context) -> bool:
    """Return whether every operator holds for every one of its keys."""
    return all(
        _operator_holds(operator, value_of(context, key), as_list(wanted), context)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _operator_holds(operator: str, value: Any, wanted: list, context: Context) -> bool:
    if operator == "Null":
        return str(value is None or value == []).lower() == str(wanted[0]).lower()
    quantifier, _, name = operator.rpartition(":")
    is_optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    if name not in OPERATORS or quantifier not in ("", "ForAnyValue", "ForAllValues"):
        raise UnknownOperatorError(f"IAM knows no condition operator `{operator}`")
    compare, is_negated = OPERATORS[name]
    values = [_text(v) for v in as_list(value)]
    if not values:
        # A key that is not there meets what is negated, and all of none is true.
        return (
            is_optional
            or quantifier == "ForAllValues"
            or (is_negated and not quantifier)
        )

    def holds(text: str) -> bool:
        return any(compare(text, _text(w), context) for w in wanted) != is_negated

    if quantifier == "ForAnyValue":
        return any(holds(v) for v in values)
    return all(holds(v) for v in values)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
