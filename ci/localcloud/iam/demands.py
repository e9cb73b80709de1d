"""Which permissions a call needs, as the Service Authorization Reference has them.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from localcloud.iam.calls import Call, World
from localcloud.iam.ec2_demands import ec2_demands
from localcloud.iam.policies import Demand
from localcloud.iam.reference import is_action, resource_types
from localcloud.iam.s3_demands import s3_demands
from localcloud.iam.stack_demands import stack_demands

# Needs no permission: it says whose the key is, which its owner knows.
FREE = {"sts:GetCallerIdentity", "sts:GetSessionToken"}
# Names of services in signatures that are not their prefixes in IAM.
PREFIXES = {"tagging": "tag", "monitoring": "cloudwatch"}
Names = dict[str, list[str]]


def demands_of(call: Call, world: World) -> list[Demand]:
    """Return every permission that one call needs."""
    if call.action in FREE:
        return []
    tables: dict[str, Callable[[Call, World], Iterator[Demand]]] = {
        "cloudformation": stack_demands,
        "ec2": ec2_demands,
        "s3": s3_demands,
    }
    return list(tables.get(call.service, _others)(call, world))


def _others(call: Call, world: World) -> Iterator[Demand]:
    action = f"{PREFIXES.get(call.service, call.service)}:{call.operation}"
    if not is_action(action):
        # Such as the second generation of an action: CloudFront's `ListTagsForResource2020…`.
        yield Demand(action, "*")
        return
    named = [arn for arn in _named(call, world) if arn]
    required = [kind for kind in resource_types(action).values() if kind.is_required]
    if named:
        for arn in named:
            yield Demand(action, arn)
    elif required:
        values = {"Region": call.region, "Account": world.account}
        for kind in required:
            yield Demand(action, kind.fill_arn(values))
    else:
        yield Demand(action, "*")


def _named(call: Call, world: World) -> list[str]:
    """Return the ARNs of what a call of these services names."""
    read = {
        "codebuild": _projects,
        "iam": _identities,
        "logs": _log_streams,
        "secretsmanager": _secrets,
        "ssm": _parameters,
        "sts": lambda call, world: [call.fields.get("RoleArn", "")],
    }.get(call.service)
    return read(call, world) if read else []


def _place(call: Call, world: World) -> str:
    return f"arn:aws:{call.service}:{call.region}:{world.account}:"


def _projects(call: Call, world: World) -> list[str]:
    fields = call.fields
    single = [fields.get(n) for n in ("projectName", "id", "name")]
    names = [
        n for n in [*single, *fields.get("ids", []), *fields.get("names", [])] if n
    ]
    # The id of a build begins with the name of its project.
    unique = dict.fromkeys(n.rpartition("/")[2].partition(":")[0] for n in names)
    return [f"{_place(call, world)}project/{name}" for name in unique]


def _identities(call: Call, world: World) -> list[str]:
    role = call.fields.get("RoleName")
    return [world.role_arn(role) if role else call.fields.get("PolicySourceArn", "")]


def _log_streams(call: Call, world: World) -> list[str]:
    group, stream = (call.fields.get(n) for n in ("logGroupName", "logStreamName"))
    if not group:
        return []
    arn = f"{_place(call, world)}log-group:{group}"
    return [f"{arn}:log-stream:{stream}" if stream else arn]


def _secrets(call: Call, world: World) -> list[str]:
    name = call.fields.get("SecretId") or call.fields.get("Name")
    if not name:
        return []
    # Six characters of its own end the ARN of a secret.
    return [
        name
        if name.startswith("arn:")
        else f"{_place(call, world)}secret:{name}-??????"
    ]


def _parameters(call: Call, world: World) -> list[str]:
    fields = call.fields
    names = [
        n
        for n in [fields.get("Name"), fields.get("Path"), *fields.get("Names", [])]
        if n
    ]
    return [_parameter(call, name, world) for name in names]


def _parameter(call: Call, name: str, world: World) -> str:
    if name.startswith("arn:"):
        return name
    # What AWS publishes belongs to no account.
    account = "" if name.startswith("/aws/") else world.account
    plain = name.partition(":")[0].strip("/")
    return f"arn:aws:ssm:{call.region}:{account}:parameter/{plain}"
