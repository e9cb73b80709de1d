"""AssumeRoleWithWebIdentity: whom a role trusts that brings a token of an OpenID provider.

Nothing signs the request: the token is the proof. Its own signature is not looked at here, since no
provider's keys are known; what it says of issuer, audience, subject and end is.
Sources: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends

from localcloud.answers import Answer, error_answer
from localcloud.emulation.iam.identities import find_identity, trust_of
from localcloud.iam.conditions import as_list
from localcloud.iam.policies import Demand
from localcloud.iam.principals import Caller, Naming, resource_verdict
from localcloud.rules import rule
from localcloud.wire import WireRequest

ACTION = "AssumeRoleWithWebIdentity"
ASSUMPTION = f"sts:{ACTION}"


class BadToken(Exception):
    """Why a token is not taken: a code of STS, and its words."""

    def __init__(self, code: str, text: str):
        super().__init__(text)
        self.code = code


def claims_unsigned(request: WireRequest) -> bool:
    """Return whether a request without a signature is one that needs none."""
    return request.form.get("Action") == ACTION


def refusal(request: WireRequest) -> Answer | None:
    """Return what whoever brings a token is answered that the role does not trust."""
    if request.name != ASSUMPTION:
        return None
    form = request.form
    try:
        claims = _claims(form.get("WebIdentityToken", ""))
        provider = _provider(claims)
    except BadToken as problem:
        return error_answer(request.protocol, 400, problem.code, str(problem))
    if _is_trusted(form.get("RoleArn", ""), provider, claims):
        return None
    text = f"Not authorized to perform {ASSUMPTION}"
    return error_answer(request.protocol, 403, "AccessDenied", text)


def _claims(token: str) -> dict[str, Any]:
    try:
        _, middle, _ = token.split(".")
        padded = middle + "=" * (-len(middle) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
        ends_at = float(claims["exp"])
        issuer = claims["iss"]
        if not issuer.startswith("https://"):
            raise ValueError(issuer)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadToken(
            "InvalidIdentityToken", "The ID Token provided is not a valid JWT."
        ) from error
    if ends_at <= time.time():
        raise BadToken("ExpiredTokenException", "Token expired")
    return claims


def _provider(claims: dict[str, Any]) -> Any:
    """Return the account's provider of a token, which has to know the audience."""
    issuer = claims["iss"]
    name = f":oidc-provider/{issuer.removeprefix('https://').rstrip('/')}"
    known = iam_backends[DEFAULT_ACCOUNT_ID]["aws"].open_id_providers
    provider = next((p for arn, p in known.items() if arn.endswith(name)), None)
    if provider is None:
        raise BadToken(
            "InvalidIdentityToken",
            f"No OpenIDConnect provider found in your account for {issuer}",
        )
    if not set(as_list(claims.get("aud"))) & set(provider.client_id_list):
        raise BadToken("InvalidIdentityToken", "Incorrect token audience")
    return provider


@rule("permissions")
def _is_trusted(arn: str, provider: Any, claims: dict[str, Any]) -> bool:
    """A trust policy compares `HOST:aud`, `HOST:sub` and the like; nobody else has them."""
    role = find_identity(arn) if arn.count(":") >= 5 else None
    host = claims["iss"].removeprefix("https://")
    context = {
        f"{host}:{name}": claims[name]
        for name in ("aud", "sub", "amr")
        if name in claims
    }
    verdict = resource_verdict(
        trust_of(role) if role is not None else {},
        Caller(provider=provider.arn),
        Demand(ASSUMPTION, arn, context),
        names_resource=False,
    )
    return verdict.allowed is Naming.IDENTITY and not verdict.is_denied
