"""What an instance's record says about its machine: ports, metadata, user data."""

from __future__ import annotations

import base64
from typing import Any

from localcloud.machines.metadata import metadata_tree

SSH_PORT = 22
# Every forwarded port is a listening socket: a rule for all ports opens none of them.
MAX_PORTS_OF_RULE = 64


def tcp_ports(instance: Any) -> list[int]:
    """Return the TCP ports that the instance's security groups let in; 22 where none does."""
    ports: set[int] = set()
    for group in instance.security_groups:
        for rule in group.ingress_rules:
            if str(rule.ip_protocol) not in ("tcp", "6") or rule.from_port is None:
                continue
            first, last = int(rule.from_port), int(rule.to_port)
            if 0 < first <= last and last - first < MAX_PORTS_OF_RULE:
                ports.update(range(first, last + 1))
    return sorted(ports) or [SSH_PORT]


def describe_instance(instance: Any) -> dict[str, Any]:
    """Return what the metadata service answers for an instance."""
    options = instance.metadata_options
    key_pair = instance.ec2_backend.key_pairs.get(instance.key_name)
    key = (
        key_pair.material_public
        if key_pair
        else instance.__dict__.get("localcloud_key")
    )
    if isinstance(key, bytes):
        key = key.decode()
    # The key stays the machine's even when the key pair is deleted.
    instance.localcloud_key = key
    user_data = instance.user_data
    return {
        "tokens_required": options.http_tokens == "required",
        "tree": metadata_tree(
            instance,
            key.strip() if key else None,
            base64.b64decode(user_data.as_bytes()) if user_data is not None else None,
        ),
    }
