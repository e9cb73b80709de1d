"""Judges requests by botocore: its own serialisers and its own signer.

Reads one JSON object a line: `service`, `operation`, `params` (as a boto user would write them),
`region`, `client` and `clientRegion` (botocore's name of the service, and the region that is
asked for), `endpoint` (or null), `request` (`method`, `url`, `headers`, base64 `body`) and `date`.
Answers one object a line: `ours` and `theirs`, both requests in the same normal form, and
`authorization`, botocore's signature of the very request that was given.
"""

import base64
import datetime
import hashlib
import json
import sys
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.session

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
UNCOMPARED = {
    "x-amz-date",
    "x-amz-content-sha256",
    "x-amz-security-token",
    "x-amz-user-agent",
}


class Captured(Exception):
    """Carries a request out of botocore before it is sent."""

    def __init__(self, request):
        super().__init__()
        self.request = request


def capture(request, **_):
    """Stops botocore where it would send."""
    raise Captured(request)


SESSION = botocore.session.Session()
SESSION.set_credentials(ACCESS_KEY, SECRET_KEY)
CLIENTS = {}


def client(service, region, endpoint):
    """Makes a client, or finds the one made before."""
    key = (service, region, endpoint)
    if key not in CLIENTS:
        config = botocore.config.Config(
            s3={"us_east_1_regional_endpoint": "regional"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"total_max_attempts": 1},
            parameter_validation=False,
        )
        made = SESSION.create_client(
            service, region_name=region, endpoint_url=endpoint, config=config
        )
        made.meta.events.register("before-send", capture)
        CLIENTS[key] = made
    return CLIENTS[key]


def element(node):
    """An XML element without the order of attributes and the layout."""
    children = [element(child) for child in node]
    return [node.tag, "" if children else (node.text or ""), children]


def normal_body(body, content_type):
    """A body in a form that compares by meaning."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return sorted(
            parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
        )
    if content_type.startswith(("application/x-amz-json", "application/json")):
        return json.loads(body)
    if body.startswith(b"<"):
        try:
            return element(ElementTree.fromstring(body))
        except ElementTree.ParseError:
            pass  # An object's own bytes, which may begin like that.
    return base64.b64encode(body).decode()


def normal(service, method, url, headers, body):
    """A request in a form that compares by meaning."""
    parts = urlsplit(url)
    headers = {name.lower(): value for name, value in headers}
    content_type = headers.get("content-type", "")
    kept = {
        name: value
        for name, value in headers.items()
        if name not in UNCOMPARED
        and (name.startswith(("x-amz-", "if-")) or name in ("range", "x-amz-target"))
    }
    checksum = "x-amz-checksum-sha256"
    if checksum in kept:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        kept[checksum] = "the body's" if kept[checksum] == digest else "wrong"
    if service != "s3":
        kept["content-type"] = content_type
    return {
        "method": method,
        "host": f"{parts.scheme}://{parts.netloc}",
        "path": parts.path,
        "query": sorted(map(list, parse_qsl(parts.query, keep_blank_values=True))),
        "headers": kept,
        "body": normal_body(body, content_type),
    }


def text(value):
    """A header's value as text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def theirs(case):
    """What botocore would send."""
    made = client(case["client"], case["clientRegion"], case["endpoint"])
    try:
        made._make_api_call(case["operation"], case["params"])
    except Captured as captured:
        sent = captured.request
        body = sent.body or b""
        body = body.read() if hasattr(body, "read") else body
        body = body.encode() if isinstance(body, str) else bytes(body)
        headers = [(name, text(value)) for name, value in sent.headers.items()]
        return normal(case["service"], sent.method, sent.url, headers, body)
    raise AssertionError("botocore sent the request")


def authorization(case):
    """botocore's signature of the given request."""
    given = case["request"]
    drop = {
        "authorization",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
    }
    headers = {n: v for n, v in given["headers"] if n.lower() not in drop}
    request = botocore.awsrequest.AWSRequest(
        method=given["method"],
        url=given["url"],
        headers=headers,
        data=base64.b64decode(given["body"]),
    )
    moment = datetime.datetime.fromisoformat(case["date"])
    botocore.auth.get_current_datetime = lambda *_, **__: moment
    signer = (
        botocore.auth.S3SigV4Auth
        if case["service"] == "s3"
        else botocore.auth.SigV4Auth
    )
    credentials = botocore.credentials.Credentials(
        ACCESS_KEY, SECRET_KEY, case["token"]
    )
    if case.get("expires"):
        query = botocore.auth.S3SigV4QueryAuth
        query(
            credentials, case["service"], case["region"], expires=case["expires"]
        ).add_auth(request)
        return request.url
    signer(credentials, case["service"], case["region"]).add_auth(request)
    return request.headers["Authorization"]


def judge(case):
    """Answers one case."""
    answer = {"authorization": authorization(case)}
    if "operation" in case:
        given = case["request"]
        body = base64.b64decode(given["body"])
        answer["ours"] = normal(
            case["service"], given["method"], given["url"], given["headers"], body
        )
        answer["theirs"] = theirs(case)
    return answer


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line))), flush=True)
