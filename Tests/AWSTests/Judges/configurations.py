"""Judges AWS set-ups by boto3: whose credentials it finds, and what it takes as configured.

Reads one JSON object a line: `environment`, `profile` (or null), `files` (path to text), `program`
(what every `credential_process` prints) and `machine` (whether there is a metadata service). The
folder `/@` stands for one that exists in this judge alone. Answers `settings` and `credentials`,
each null where boto3 refuses.

No request leaves the process: a stand-in answers with keys that say what was asked, and
`ConfigurationJudgeTests` has the same stand-in.
"""

import json
import os
import pwd
import re
import sys
import tempfile
import types
import urllib.parse

import boto3
import botocore.awsrequest
import botocore.configprovider
import botocore.credentials
import botocore.exceptions
import botocore.httpsession
import botocore.session
import botocore.tokens
import botocore.utils

CLIENTS = {
    "codebuild": "codebuild",
    "ec2": "ec2",
    "logs": "logs",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "servicequotas": "service-quotas",
    "sso": "sso",
    "sso-oidc": "sso-oidc",
    "sts": "sts",
}
FUTURE = "2099-01-01T00:00:00Z"
CASE = {}
LOADER = botocore.session.Session().get_component("data_loader")


def keys(text, token="Token"):
    """Return credentials whose id is a text."""
    return {
        "AccessKeyId": text,
        "SecretAccessKey": "s",
        token: "t",
        "Expiration": FUTURE,
    }


def role(form, headers):
    """Answer a call of STS."""
    action = form["Action"]
    signer = re.search(r"Credential=([^/]*)/", headers.get("Authorization", ""))
    token = headers.get("X-Amz-Security-Token", "")
    session = form.get("RoleSessionName", "")
    said = [
        action,
        form["RoleArn"],
        signer.group(1) if signer else "",
        token,
        form.get("ExternalId", ""),
        form.get("DurationSeconds", ""),
        "" if session.startswith("botocore-session-") else session,
        form.get("WebIdentityToken", ""),
    ]
    fields = "".join(
        f"<{name}>{value}</{name}>"
        for name, value in keys("|".join(said), "SessionToken").items()
    )
    return (
        f"<{action}Response><{action}Result><Credentials>{fields}</Credentials>"
        f"</{action}Result></{action}Response>"
    )


def metadata(request, path):
    """Answer as EC2's metadata service."""
    if not CASE["machine"]:
        raise botocore.exceptions.ConnectTimeoutError(endpoint_url=request.url)
    if request.method == "PUT":
        return "token"
    if path.endswith("/security-credentials/"):
        return "machine-role"
    host = urllib.parse.urlsplit(request.url).netloc
    return json.dumps(keys(f"machine|{host}"))


def answer(request):
    """Answer any request."""
    parts = urllib.parse.urlsplit(request.url)
    body = request.body or b""
    body = body.decode() if isinstance(body, bytes) else body
    headers = {
        name: value.decode() if isinstance(value, bytes) else value
        for name, value in request.headers.items()
    }
    query = dict(urllib.parse.parse_qsl(parts.query))
    if "/latest/" in parts.path:
        return metadata(request, parts.path)
    if "federation/credentials" in parts.path:
        bearer = headers["x-amz-sso_bearer_token"]
        said = f"sso|{query['account_id']}|{query['role_name']}|{bearer}"
        found = {"accessKeyId": said, "secretAccessKey": "s", "sessionToken": "t"}
        return json.dumps({"roleCredentials": found | {"expiration": 4070908800000}})
    if parts.path.endswith("/token"):
        said = json.loads(body)["refreshToken"]
        return json.dumps({"accessToken": f"renewed-{said}", "expiresIn": 3600})
    if "Action=" in body:
        return role(dict(urllib.parse.parse_qsl(body)), headers)
    return json.dumps(
        keys(f"container|{parts.netloc}{parts.path}|{headers.get('Authorization', '')}")
    )


class Raw:
    """A body as urllib3 has it."""

    def __init__(self, text):
        self.text = text

    def stream(self, *_args, **_options):
        """Yield it whole."""
        yield self.text.encode()


def send(_session, request):
    """Answer instead of the network."""
    return botocore.awsrequest.AWSResponse(
        request.url, 200, botocore.compat.HTTPHeaders(), Raw(answer(request))
    )


class Program:
    """A `credential_process` that prints what the case says."""

    def __init__(self, words, **_options):
        self.returncode = CASE["program"]["status"]
        text = json.dumps("|".join(words))[1:-1]
        self.output = CASE["program"]["text"].replace("@WORDS@", text)

    def communicate(self):
        """Return what it printed."""
        return self.output.encode(), b""


def expand(value, folder):
    """Put a folder in place of `/@`, wherever it stands."""
    return json.loads(json.dumps(value).replace("/@", folder))


def settings(session, named):
    """Return what is configured."""
    variable = session.get_config_variable
    ignored = variable("ignore_configured_endpoint_urls")
    endpoints = {}
    for name, client in CLIENTS.items():
        found = None
        if not ignored:
            found = botocore.configprovider.ConfiguredEndpointProvider(
                session.full_config, session.get_scoped_config(), client
            ).provide()
        endpoints[name] = found
    s3 = session.get_scoped_config().get("s3")
    s3 = s3.get("use_dualstack_endpoint", "") if isinstance(s3, dict) else ""
    return {
        "profile": named.profile_name,
        "region": named.region_name,
        "bundle": variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE"),
        "attempts": variable("max_attempts") or 3,
        "fips": bool(variable("use_fips_endpoint")),
        "dual": bool(variable("use_dualstack_endpoint")),
        "s3": s3.lower() == "true",
        "endpoints": endpoints,
    }


def judge(case):
    """Answer one case."""
    with tempfile.TemporaryDirectory() as folder:
        CASE.clear()
        CASE.update(expand(case, folder))
        os.environ.clear()
        os.environ.update(CASE["environment"])
        for path, text in CASE["files"].items():
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        listed = types.SimpleNamespace(pw_dir=f"{folder}/listed")
        pwd.getpwuid = lambda _id: listed
        cache = os.path.expanduser("~/.aws/sso/cache")
        botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = cache
        botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR = cache
        result = {"settings": None, "credentials": None, "why": ""}
        try:
            session = botocore.session.Session()
            session.register_component("data_loader", LOADER)
            named = boto3.Session(
                botocore_session=session, profile_name=CASE["profile"]
            )
            result["settings"] = settings(session, named)
        except Exception as error:  # noqa: BLE001 - boto3 has no common one
            result["why"] = repr(error)
        try:
            found = named.get_credentials()
            if found is not None:
                result["credentials"] = list(found.get_frozen_credentials()[:3])
        except Exception as error:  # noqa: BLE001
            result["why"] = repr(error)
        return json.loads(json.dumps(result).replace(folder, "/@"))


def main():
    """Answer every line."""
    botocore.httpsession.URLLib3Session.send = send
    botocore.credentials.ProcessProvider.__init__.__defaults__ = (Program,)
    botocore.utils.ContainerMetadataFetcher.SLEEP_TIME = 0
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
