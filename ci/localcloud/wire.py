"""What a request is: service, operation, region and kind, read from its wire form."""

from __future__ import annotations

import functools
import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

import botocore.session

READING = re.compile(
    r"^(Get|Describe|List|Head|Batch(Get|Describe)|Lookup|Check|Select|Validate|Estimate|Filter)"
    r"|^(AssumeRole|DecodeAuthorizationMessage)"
)
DELETING = re.compile(
    r"^(Delete|Deregister|Terminate|Abort|Cancel|Remove|Detach|Disassociate)"
)

JSON_SERVICES = {
    "ssm",
    "servicequotas",
    "codebuild",
    "logs",
    "wafv2",
    "secretsmanager",
    "events",
    "tagging",
}


@dataclass
class WireRequest:
    """One request as it came over the wire, before anything is believed of it."""

    method: str
    raw_path: str
    raw_query: str
    headers: dict[str, str]
    service: str = ""
    region: str = ""
    operation: str = ""
    bucket: str = ""
    key: str = ""
    body_digest: str = ""
    form: dict[str, str] = field(default_factory=dict)
    # What permissions were asked for it; `None` where nobody asks.
    demands: list[Any] | None = None

    @property
    def query(self) -> dict[str, str]:
        """The decoded query; a parameter without a value maps to an empty string."""
        return dict(self.query_pairs)

    @property
    def query_pairs(self) -> list[tuple[str, str]]:
        """The decoded query in the order of the wire."""
        pairs = (part.partition("=") for part in self.raw_query.split("&") if part)
        return [(urllib.parse.unquote(k), urllib.parse.unquote(v)) for k, _, v in pairs]

    @property
    def name(self) -> str:
        """The operation as the request log and fault rules write it: `ec2:RunInstances`."""
        return f"{self.service}:{self.operation}"

    @property
    def kind(self) -> str:
        """`reading`, `deleting`, or `creating` (which includes every other change)."""
        return classify(self.operation)

    @property
    def protocol(self) -> str:
        """The shape of this service's errors: `ec2`, `s3`, `json` or `query`."""
        if self.service in ("ec2", "s3"):
            return self.service
        if self.service in JSON_SERVICES or "x-amz-target" in self.headers:
            return "json"
        return "query"


def classify(operation: str) -> str:
    """Return whether an operation reads, deletes, or creates or changes something."""
    if READING.match(operation):
        return "reading"
    return "deleting" if DELETING.match(operation) else "creating"


def identify(request: WireRequest, credential_scope: list[str] | None) -> None:
    """Fill in service, region and operation from the credential scope and the request."""
    if credential_scope and len(credential_scope) == 5:
        request.region, request.service = (
            credential_scope[2],
            credential_scope[3].lower(),
        )
    elif "x-amz-target" in request.headers or "Action" in request.form:
        request.service = "unknown"
    else:
        request.service = "s3"
    if target := request.headers.get("x-amz-target"):
        request.operation = target.rpartition(".")[2]
    elif action := request.form.get("Action") or request.query.get("Action"):
        request.operation = action
    elif request.service == "s3":
        _identify_s3(request)
    else:
        request.operation = _rest_operation(
            request.service, request.method, request.raw_path
        )


def _identify_s3(request: WireRequest) -> None:
    path = urllib.parse.unquote(request.raw_path)
    request.bucket, _, request.key = path.lstrip("/").partition("/")
    query, method = request.query, request.method
    copies = "x-amz-copy-source" in request.headers
    if not request.bucket:
        request.operation = "ListBuckets"
    elif request.key:
        request.operation = _s3_object_operation(method, query, copies)
    else:
        request.operation = _s3_bucket_operation(method, query)


def _s3_object_operation(method: str, query: dict[str, str], copies: bool) -> str:
    if "uploadId" in query:
        part = "UploadPartCopy" if copies else "UploadPart"
        return {
            "PUT": part,
            "POST": "CompleteMultipartUpload",
            "DELETE": "AbortMultipartUpload",
            "GET": "ListParts",
        }.get(method, method)
    if method == "POST" and "uploads" in query:
        return "CreateMultipartUpload"
    verb = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}.get(method, method)
    for parameter in ("tagging", "acl", "attributes", "retention", "legal-hold"):
        if parameter in query:
            noun = "".join(word.capitalize() for word in parameter.split("-"))
            return f"{verb}Object{noun}"
    if method == "PUT" and copies:
        return "CopyObject"
    names = {"HEAD": "HeadObject", "POST": "PostObject"}
    return names.get(method, f"{verb}Object")


def _s3_bucket_operation(method: str, query: dict[str, str]) -> str:
    if method == "GET":
        if query.get("list-type") == "2":
            return "ListObjectsV2"
        if "versions" in query:
            return "ListObjectVersions"
        if "uploads" in query:
            return "ListMultipartUploads"
    if method == "POST" and "delete" in query:
        return "DeleteObjects"
    verb = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}.get(method, method)
    for parameter, value in query.items():
        if not value and re.fullmatch(r"[a-zA-Z-]+", parameter):
            noun = "".join(w[:1].upper() + w[1:] for w in parameter.split("-"))
            return f"{verb}Bucket{noun}"
    return {
        "GET": "ListObjects",
        "HEAD": "HeadBucket",
        "PUT": "CreateBucket",
        "DELETE": "DeleteBucket",
    }.get(method, method)


@functools.cache
def _rest_routes(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    session = botocore.session.get_session()
    if service not in session.get_available_services():
        return []
    model = session.get_service_model(service)
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = http["requestUri"].partition("?")[0]
        pattern = re.sub(r"\\\{[^}]*?\\\+\\\}", ".+", re.escape(path))
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", pattern)
        routes.append((http["method"], re.compile(pattern), name))
    return routes


def _rest_operation(service: str, method: str, path: str) -> str:
    for route_method, pattern, name in _rest_routes(service):
        if route_method == method and pattern.fullmatch(path):
            # CloudFront's operation names carry their API version as a suffix.
            return re.sub(r"\d{4}_\d{2}_\d{2}$", "", name)
    return method
