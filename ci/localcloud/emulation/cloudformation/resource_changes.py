"""What an update changes, resource by resource and property by property."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from localcloud.emulation.cloudformation.resource_schemas import (
    is_taggable,
    recreation_of,
)
from localcloud.emulation.cloudformation.template_values import (
    TemplateValues,
    references,
)

ATTRIBUTES = (
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
)


@dataclass
class Side:
    """A template with its parameters and tags: what is, or what shall be."""

    template: dict
    parameters: dict[str, str]
    tags: dict[str, str]
    values: TemplateValues


@dataclass
class Detail:
    """One changed property or attribute of a resource."""

    attribute: str
    recreation: str = "Never"
    name: str | None = None
    path: str | None = None
    before: Any = None
    after: Any = None
    evaluation: str = "Static"
    source: str = "DirectModification"
    cause: str | None = None

    def view(self, with_values: bool) -> dict[str, Any]:
        """Return it as DescribeChangeSet does."""
        target = {"Attribute": self.attribute, "RequiresRecreation": self.recreation}
        if self.attribute == "Properties":
            target["Name"] = self.name
        if with_values and self.path:
            kinds = {(True, False): "Add", (False, True): "Remove"}
            key = (self.before is None, self.after is None)
            target |= {
                "Path": self.path,
                "AttributeChangeType": kinds.get(key, "Modify"),
            }
            for name, value in (("Before", self.before), ("After", self.after)):
                if value is not None:
                    target[f"{name}Value"] = _text(value)
        view = {
            "Target": target,
            "Evaluation": self.evaluation,
            "ChangeSource": self.source,
        }
        return view | ({"CausingEntity": self.cause} if self.cause else {})


@dataclass
class ResourceChange:
    """What happens to one resource: `Add`, `Modify` or `Remove`."""

    action: str
    logical_id: str
    type: str
    before: dict | None = None
    after: dict | None = None
    details: list[Detail] = field(default_factory=list)

    @property
    def replacement(self) -> str:
        """`True`, `False` or `Conditional`; certain only where the value is known by now."""
        recreations = {(d.recreation, d.evaluation) for d in self.details}
        if ("Always", "Static") in recreations:
            return "True"
        return (
            "False"
            if {recreation for recreation, _ in recreations} <= {"Never"}
            else "Conditional"
        )

    @property
    def is_replaced(self) -> bool:
        """Whether carrying it out makes a new resource."""
        return any(d.recreation == "Always" for d in self.details)

    @property
    def touches_resource(self) -> bool:
        """Whether the resource itself changes, not only what CloudFormation keeps of it."""
        return any(d.attribute in ("Properties", "Tags") for d in self.details)

    def view(self, physical_id: str | None, with_values: bool) -> dict[str, Any]:
        """Return it as DescribeChangeSet does."""
        change: dict[str, Any] = {
            "Action": self.action,
            "LogicalResourceId": self.logical_id,
            "ResourceType": self.type,
            "Scope": [],
            "Details": [],
        }
        if physical_id:
            change["PhysicalResourceId"] = physical_id
        if self.action == "Modify":
            change["Replacement"] = self.replacement
            change["Scope"] = sorted({d.attribute for d in self.details})
            change["Details"] = [d.view(with_values) for d in self.details]
        if self.action == "Remove":
            policy = (self.before or {}).get("DeletionPolicy", "Delete")
            is_kept = policy in ("Retain", "RetainExceptOnCreate")
            change["PolicyAction"] = "Retain" if is_kept else policy
        elif self.replacement == "True":
            policy = (self.after or {}).get("UpdateReplacePolicy", "Delete")
            change["PolicyAction"] = (
                "ReplaceAndDelete" if policy == "Delete" else f"ReplaceAnd{policy}"
            )
        if with_values:
            for side, body in (("Before", self.before), ("After", self.after)):
                if body is not None:
                    context = {k: v for k, v in body.items() if k != "Type"}
                    change[f"{side}Context"] = _text(context)
        return {"Type": "Resource", "ResourceChange": change}


def changes_between(old: Side, new: Side) -> list[ResourceChange]:
    """Return what leads from one side to the other: additions, changes, removals."""
    before, after = old.values.resources(), new.values.resources()
    added = [n for n in after if n not in before]
    removed = [n for n in before if n not in after]
    changes = [
        ResourceChange("Add", n, after[n]["Type"], None, after[n]) for n in added
    ]
    modified = _modified(old, new, before, after)
    changes += [modified[n] for n in after if n in modified]
    return changes + [
        ResourceChange("Remove", n, before[n]["Type"], before[n], None) for n in removed
    ]


def _modified(
    old: Side, new: Side, before: dict[str, dict], after: dict[str, dict]
) -> dict[str, ResourceChange]:
    found: dict[str, ResourceChange] = {}
    both = [name for name in after if name in before]
    for name in both:
        details = _details(name, before[name], after[name], old, new)
        if old.tags != new.tags and is_taggable(after[name]["Type"]):
            details.append(Detail("Tags"))
        if details:
            found[name] = _modification(name, before, after, details)
    # Whatever refers to a resource that is replaced changes with it, and so on.
    replaced = [name for name, change in found.items() if change.is_replaced]
    while replaced:
        cause = replaced.pop()
        for name in both:
            followers = _followers(after[name], cause)
            if not followers:
                continue
            was_replaced = name in found and found[name].is_replaced
            known = found.setdefault(name, _modification(name, before, after, []))
            for detail in followers:
                if not any(d.name == detail.name for d in known.details):
                    known.details.append(detail)
            if known.is_replaced and not was_replaced:
                replaced.append(name)
    return found


def _modification(
    name: str, before: dict, after: dict, details: list
) -> ResourceChange:
    return ResourceChange(
        "Modify", name, after[name]["Type"], before[name], after[name], details
    )


def _details(
    name: str, before: dict, after: dict, old: Side, new: Side
) -> list[Detail]:
    was, will = before.get("Properties") or {}, after.get("Properties") or {}
    details = [Detail(a) for a in ATTRIBUTES if before.get(a) != after.get(a)]
    raw_old = old.template["Resources"][name].get("Properties") or {}
    raw_new = new.template["Resources"][name].get("Properties") or {}
    parameters = {
        p for p in new.parameters if old.parameters.get(p) != new.parameters.get(p)
    }
    for key in dict.fromkeys([*was, *will]):
        if was.get(key) == will.get(key):
            continue
        path, first, second = _narrowest(
            f"/Properties/{key}", was.get(key), will.get(key)
        )
        detail = Detail(
            "Tags" if key == "Tags" else "Properties",
            recreation_of(after["Type"], key),
            key,
            path,
            first,
            second,
        )
        causes = {target for target, _ in references(raw_new.get(key))} & parameters
        if causes and raw_old.get(key) == raw_new.get(key):
            detail.source, detail.cause = "ParameterReference", min(causes)
        details.append(detail)
    return details


def _followers(body: dict, cause: str) -> list[Detail]:
    details = []
    for key, value in (body.get("Properties") or {}).items():
        for target, attribute in references(value):
            if target != cause:
                continue
            source = "ResourceAttribute" if attribute else "ResourceReference"
            entity = f"{cause}.{attribute}" if attribute else cause
            details.append(
                Detail(
                    "Properties",
                    recreation_of(body["Type"], key),
                    key,
                    evaluation="Dynamic",
                    source=source,
                    cause=entity,
                )
            )
            break
    return details


def _narrowest(path: str, before: Any, after: Any) -> tuple[str, Any, Any]:
    while True:
        if isinstance(before, dict) and isinstance(after, dict):
            keys = list(dict.fromkeys([*before, *after]))
            is_function = any(k == "Ref" or k.startswith("Fn::") for k in keys)
            found = (
                []
                if is_function
                else [k for k in keys if before.get(k) != after.get(k)]
            )
        elif (
            isinstance(before, list)
            and isinstance(after, list)
            and len(before) == len(after)
        ):
            found = [i for i in range(len(before)) if before[i] != after[i]]
        else:
            found = []
        if len(found) != 1:
            return path, before, after
        key = found[0]
        path = f"{path}/{key}"
        is_list = isinstance(before, list)
        before = before[key] if is_list else before.get(key)
        after = after[key] if is_list else after.get(key)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
