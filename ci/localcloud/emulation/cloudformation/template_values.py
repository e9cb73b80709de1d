"""What a template's values come to, as far as they do not depend on other resources."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

REFERENCE = re.compile(r"\$\{([^!][^}]*)\}")
_NOTHING = object()


class TemplateValues:
    """Resolves parameters, conditions and functions; `Ref` and `GetAtt` of resources stay.

    Two resources are the same exactly when both come to the same values here: CloudFormation
    decides so what an update changes.
    """

    def __init__(
        self, template: dict, parameters: dict[str, str], pseudo: dict[str, Any]
    ):
        self._template = template
        self._declared = template.get("Parameters") or {}
        self._values = {
            name: self._typed(name, str(value))
            for name, value in parameters.items()
            if name in self._declared
        } | pseudo

    def _typed(self, name: str, value: str) -> Any:
        kind = self._declared[name].get("Type", "String")
        is_list = kind == "CommaDelimitedList" or kind.startswith("List")
        return value.split(",") if is_list else value

    def resources(self) -> dict[str, dict]:
        """Return the resources that exist under the conditions, their values resolved."""
        return {
            name: self.resolve(
                {k: v for k, v in body.items() if k not in ("Condition", "DependsOn")}
            )
            for name, body in self._template["Resources"].items()
            if self._holds(body.get("Condition"))
        }

    def outputs(self) -> dict[str, Any]:
        """Return the outputs that exist under the conditions, their values resolved."""
        return {
            name: self.resolve({k: v for k, v in body.items() if k != "Condition"})
            for name, body in (self._template.get("Outputs") or {}).items()
            if self._holds(body.get("Condition"))
        }

    def resolve(self, value: Any) -> Any:
        """Return the value with everything in it resolved that can be."""
        resolved = self._resolve(value)
        return None if resolved is _NOTHING else resolved

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            items = [self._resolve(item) for item in value]
            return [item for item in items if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            function = getattr(self, "_" + name.replace("Fn::", "").lower(), None)
            if function and (name == "Ref" or name.startswith("Fn::")):
                return function(argument)
        members = {name: self._resolve(member) for name, member in value.items()}
        return {n: member for n, member in members.items() if member is not _NOTHING}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        return self._values.get(name, {"Ref": name})

    def _getatt(self, target: Any) -> dict:
        parts = target.split(".", 1) if isinstance(target, str) else target
        return {"Fn::GetAtt": [str(part) for part in parts]}

    def _if(self, argument: list) -> Any:
        return self._resolve(argument[1 if self._holds(argument[0]) else 2])

    def _join(self, argument: list) -> Any:
        parts = self._resolve(argument[1])
        if isinstance(parts, list) and not any(isinstance(p, dict) for p in parts):
            return argument[0].join(str(part) for part in parts)
        return {"Fn::Join": [argument[0], parts]}

    def _sub(self, argument: Any) -> Any:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        own = {name: self._resolve(value) for name, value in own.items()}
        known = {
            name: value
            for name, value in (self._values | own).items()
            if not isinstance(value, dict | list)
        }
        text = REFERENCE.sub(
            lambda match: str(known.get(match[1].strip(), match[0])), text
        )
        left = {name: value for name, value in own.items() if name not in known}
        if not left and not REFERENCE.search(text):
            return text.replace("${!", "${")
        return {"Fn::Sub": [text, left] if left else text}

    def _findinmap(self, argument: list) -> Any:
        found: Any = self._template.get("Mappings") or {}
        for key in self._resolve(argument)[:3]:
            found = found[str(key)]
        return self._resolve(found)

    def _base64(self, argument: Any) -> Any:
        text = self._resolve(argument)
        if isinstance(text, str):
            return base64.b64encode(text.encode()).decode()
        return {"Fn::Base64": text}

    def _holds(self, condition: Any) -> bool:
        if condition is None:
            return True
        if isinstance(condition, str):
            return self._holds(self._template["Conditions"][condition])
        name, argument = next(iter(condition.items()))
        if name == "Condition":
            return self._holds(argument)
        if name == "Fn::Not":
            return not self._holds(argument[0])
        if name == "Fn::And":
            return all(self._holds(item) for item in argument)
        if name == "Fn::Or":
            return any(self._holds(item) for item in argument)
        left, right = (self._resolve(item) for item in argument)
        return _text(left) == _text(right)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def references(value: Any) -> Iterator[tuple[str, str | None]]:
    """Yield (name, attribute) for each `Ref` (no attribute), `GetAtt` and `Sub` in a value."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for name, argument in value.items():
        if name == "Ref":
            yield argument, None
        elif name == "Fn::GetAtt":
            parts = argument.split(".", 1) if isinstance(argument, str) else argument
            yield parts[0], parts[1] if len(parts) > 1 else None
        elif name == "Fn::Sub":
            text = argument if isinstance(argument, str) else argument[0]
            for match in REFERENCE.finditer(text):
                target, _, attribute = match[1].strip().partition(".")
                yield target, attribute or None
            if not isinstance(argument, str):
                yield from references(argument[1])
        else:
            yield from references(argument)


def dependencies(template: dict) -> dict[str, set[str]]:
    """Return which other resources each resource of a template needs."""
    resources = template["Resources"]
    needed = {}
    for name, body in resources.items():
        named = body.get("DependsOn") or []
        targets = {target for target, _ in references(body)} | set(
            [named] if isinstance(named, str) else named
        )
        needed[name] = (targets & resources.keys()) - {name}
    return needed
