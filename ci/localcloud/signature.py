"""Verifies AWS Signature Version 4 with botocore's own signer.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import datetime
import hmac
import re
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.auth import (
    S3SigV4Auth,
    S3SigV4QueryAuth,
    SigV4Auth,
    SigV4QueryAuth,
)
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from localcloud.wire import WireRequest

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_SKEW_SECONDS = 15 * 60
MAX_PRESIGNED_SECONDS = 7 * 24 * 3600
UNSIGNED = {"UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}


class SignatureError(Exception):
    """A request that AWS would refuse; `reason` is mapped to each protocol's own code."""

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class KnownKey:
    """An access key pair; `expires_at` is set for temporary ones."""

    secret: str
    session_token: str | None = None
    expires_at: datetime.datetime | None = None
    # Whose policies decide; `None` for the cloud home's own, which may do everything.
    principal: Any = None


@dataclass(frozen=True)
class Claim:
    """What a request says of its own signature."""

    scope: list[str]
    signed_headers: list[str]
    signature: str
    timestamp: str
    is_presigned: bool
    expires_seconds: int = 0
    session_token: str | None = None


def read_claim(request: WireRequest) -> Claim | None:
    """Return the signature that a request carries, `None` where it carries none.

    Raises `SignatureError` where it carries a malformed one.
    """
    authorization = request.headers.get("authorization", "")
    query = request.query
    if authorization:
        return _header_claim(request, authorization)
    if "X-Amz-Signature" in query:
        try:
            return Claim(
                scope=query["X-Amz-Credential"].split("/"),
                signed_headers=query["X-Amz-SignedHeaders"].lower().split(";"),
                signature=query["X-Amz-Signature"],
                timestamp=query["X-Amz-Date"],
                is_presigned=True,
                expires_seconds=int(query["X-Amz-Expires"]),
                session_token=query.get("X-Amz-Security-Token"),
            )
        except (KeyError, ValueError) as error:
            raise SignatureError(
                "malformed", f"the query string authentication lacks or garbles {error}"
            ) from error
    return None


def _header_claim(request: WireRequest, authorization: str) -> Claim:
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        raise SignatureError(
            "malformed", f"unsupported authorization type `{algorithm}`"
        )
    fields = dict(re.findall(r"(\w+)=([^,\s]+)", rest))
    if not {"Credential", "SignedHeaders", "Signature"} <= fields.keys():
        raise SignatureError("malformed", "the authorization header lacks a component")
    timestamp = request.headers.get("x-amz-date", "")
    return Claim(
        scope=fields["Credential"].split("/"),
        signed_headers=fields["SignedHeaders"].lower().split(";"),
        signature=fields["Signature"],
        timestamp=timestamp,
        is_presigned=False,
        session_token=request.headers.get("x-amz-security-token"),
    )


def verify(
    request: WireRequest,
    claim: Claim | None,
    find_key: Callable[[str], KnownKey | None],
    now: datetime.datetime,
) -> KnownKey:
    """Return the key of a request that AWS would let in; raises `SignatureError` for others."""
    if claim is None:
        raise SignatureError("missing", "request is missing authentication token")
    if len(claim.scope) != 5 or claim.scope[4] != "aws4_request":
        raise SignatureError(
            "malformed", "credential should be scoped to a valid region"
        )
    known = find_key(claim.scope[0])
    if known is None:
        raise SignatureError("unknown-key", "the access key id is not known here")
    _check_token(claim, known, now)
    _check_date(claim, now)
    _check_signed_headers(request, claim)
    _check_payload(request, claim)
    expected = _expected_signature(request, claim, known)
    if not hmac.compare_digest(expected, claim.signature):
        raise SignatureError(
            "mismatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method.",
        )
    return known


def _check_token(claim: Claim, known: KnownKey, now: datetime.datetime) -> None:
    expected, given = known.session_token or "", claim.session_token or ""
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise SignatureError(
            "bad-token", "the provided token is malformed or otherwise invalid"
        )
    if known.expires_at is not None and now >= known.expires_at:
        raise SignatureError("expired-token", "the provided token has expired")


def _check_date(claim: Claim, now: datetime.datetime) -> None:
    try:
        signed_at = datetime.datetime.strptime(claim.timestamp, "%Y%m%dT%H%M%SZ")
    except ValueError as error:
        raise SignatureError(
            "malformed", "the request needs a valid X-Amz-Date"
        ) from error
    signed_at = signed_at.replace(tzinfo=datetime.UTC)
    if claim.timestamp[:8] != claim.scope[1]:
        raise SignatureError(
            "malformed", "date in credential scope does not match X-Amz-Date"
        )
    age_seconds = (now - signed_at).total_seconds()
    if claim.is_presigned:
        if not 1 <= claim.expires_seconds <= MAX_PRESIGNED_SECONDS:
            raise SignatureError(
                "malformed", "X-Amz-Expires must be between 1 and 604800"
            )
        if age_seconds > claim.expires_seconds:
            raise SignatureError("expired", "Request has expired")
        if age_seconds < -MAX_SKEW_SECONDS:
            raise SignatureError("skewed", "Request is not yet valid")
    elif abs(age_seconds) > MAX_SKEW_SECONDS:
        raise SignatureError(
            "skewed",
            "The difference between the request time and the current time is too large.",
        )


def _check_signed_headers(request: WireRequest, claim: Claim) -> None:
    must_be_signed = {"host"} | {
        name for name in request.headers if name.startswith("x-amz-")
    }
    if claim.is_presigned:
        must_be_signed.discard("x-amz-content-sha256")
    if missing := sorted(must_be_signed - set(claim.signed_headers)):
        raise SignatureError(
            "unsigned-header",
            f"There were headers present in the request which were not signed: {missing}",
        )


def _check_payload(request: WireRequest, claim: Claim) -> None:
    declared = request.headers.get("x-amz-content-sha256")
    if claim.is_presigned and declared is None:
        return
    if declared is None:
        if request.service == "s3":
            raise SignatureError("no-payload-hash", "x-amz-content-sha256 is missing")
        return
    if declared in UNSIGNED:
        if request.service != "s3":
            raise SignatureError(
                "unsigned-payload", "only S3 accepts an unsigned payload"
            )
        return
    if declared.startswith("STREAMING-"):
        raise SignatureError(
            "streaming", f"signed chunks (`{declared}`) are not supported here"
        )
    if declared != request.body_digest:
        raise SignatureError(
            "payload",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def _expected_signature(request: WireRequest, claim: Claim, known: KnownKey) -> str:
    is_s3 = request.service == "s3"
    if claim.is_presigned:
        base = S3SigV4QueryAuth if is_s3 else SigV4QueryAuth
    else:
        base = S3SigV4Auth if is_s3 else SigV4Auth
    signed = HTTPHeaders()
    for name in claim.signed_headers:
        signed[name] = request.headers.get(name, "")

    class Verifier(base):  # type: ignore[misc, valid-type]
        """botocore's signer, told which headers the client signed and what the body is."""

        def headers_to_sign(self, _request: AWSRequest) -> HTTPHeaders:
            return signed

        def payload(self, _request: AWSRequest) -> str:
            if claim.is_presigned and is_s3:
                return "UNSIGNED-PAYLOAD"
            return request.body_digest

    credentials = Credentials(claim.scope[0], known.secret, claim.session_token)
    verifier = Verifier(credentials, claim.scope[3], claim.scope[2])
    rebuilt = AWSRequest(method=request.method, url=_canonical_url(request))
    if "x-amz-content-sha256" in claim.signed_headers:
        rebuilt.headers["X-Amz-Content-SHA256"] = request.headers[
            "x-amz-content-sha256"
        ]
    rebuilt.context["timestamp"] = claim.timestamp
    canonical = verifier.canonical_request(rebuilt)
    return verifier.signature(verifier.string_to_sign(rebuilt, canonical), rebuilt)


def _canonical_url(request: WireRequest) -> str:
    """Return the URL in the encoding that both sides sign, whatever the client sent."""
    path = request.raw_path or "/"
    if request.service == "s3":
        path = urllib.parse.quote(urllib.parse.unquote_to_bytes(path), safe="/-_.~")
    pairs = (p for p in request.query_pairs if p[0] != "X-Amz-Signature")
    encode = urllib.parse.quote
    query = "&".join(
        f"{encode(k, safe='-_.~')}={encode(v, safe='-_.~')}" for k, v in pairs
    )
    return f"http://{request.headers.get('host', '')}{path}" + (
        f"?{query}" if query else ""
    )
