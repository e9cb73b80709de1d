"""Sessions of the account's roles, for programs that are to work with a role's permissions.

`/localcloud/role` is what CodeBuild or an instance does for the role that it was given: a session
begins without anybody calling AssumeRole, which the role's trust policy would forbid.
"""

from __future__ import annotations

import json

from localcloud.answers import Answer, json_answer
from localcloud.emulation.iam.identities import begin_session, role_named
from localcloud.home import REGION

SESSION_NAME = "localcloud"


def session(name: str) -> dict[str, str]:
    """Begin a session of a role and return its environment; raises `KeyError` without one."""
    role = role_named(name)
    if role is None:
        raise KeyError(f"the account has no role `{name}`")
    return begin_session(role, SESSION_NAME, REGION)


def answer(body: bytes) -> Answer:
    """Answer a POST of `{"role": NAME or ARN}` with the environment of a session."""
    try:
        name = json.loads(body)["role"]
    except (ValueError, TypeError, KeyError):
        return json_answer(400, {"error": 'wanted is `{"role": NAME}`'})
    try:
        return json_answer(200, session(name))
    except KeyError as error:
        return json_answer(404, {"error": error.args[0]})
