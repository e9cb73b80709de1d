"""A call as permissions see it, and what they need to know of the cloud's things."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass
class Call:
    """One request: its operation and what it names."""

    service: str
    operation: str
    region: str
    # The form of a query, the members of a JSON body.
    fields: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    bucket: str = ""
    key: str = ""

    @property
    def action(self) -> str:
        """The IAM action that is named like the operation."""
        return f"{self.service}:{self.operation}"

    def values(self, name: str) -> list[str]:
        """Return the values of a field, or of a list `name.1`, `name.2` …; empty ones left out."""
        found = [self.fields.get(name, "")]
        number = 1
        while (value := self.fields.get(f"{name}.{number}")) is not None:
            found.append(value)
            number += 1
        return [str(value) for value in found if value]


class World(Protocol):
    """The things of the account, as far as authorisation looks at them."""

    account: str

    def tags(self, kind: str, name: str, region: str) -> dict[str, str] | None:
        """Return the tags of EC2's thing of that type and id or name; `None` without one."""

    def owner(self, image_id: str, region: str) -> str | None:
        """Return the account that an image belongs to."""

    def stack_id(self, name: str, region: str) -> str | None:
        """Return the ARN of the stack of that name."""

    def role_arn(self, name: str) -> str:
        """Return the ARN of a role, whose path only the role itself tells."""

    def object_tags(self, bucket: str, key: str) -> dict[str, str] | None:
        """Return the tags of an object; `None` without one."""
