"""Answers with every endpoint that botocore's rules make: each service, region and variant."""

import json
import sys

import botocore.endpoint_provider
import botocore.exceptions
import botocore.session

SERVICES = {
    "cloudformation": "cloudformation",
    "codebuild": "codebuild",
    "ec2": "ec2",
    "iam": "iam",
    "logs": "logs",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "service-quotas": "servicequotas",
    "ssm": "ssm",
    "sso": "sso",
    "sso-oidc": "sso-oidc",
    "sts": "sts",
}


def endpoints() -> list[dict]:
    """Resolve all of them."""
    loader = botocore.session.get_session().get_component("data_loader")
    partitions = loader.load_data("partitions")
    regions = [
        region
        for partition in partitions["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    ]
    found = []
    for client, service in SERVICES.items():
        rules = loader.load_service_model(client, "endpoint-rule-set-1")
        provider = botocore.endpoint_provider.EndpointProvider(rules, partitions)
        for region in regions:
            for fips in (False, True):
                for dual in (False, True):
                    wanted = {"Region": region, "UseFIPS": fips, "UseDualStack": dual}
                    row = {"service": service, "region": region}
                    row |= {"fips": fips, "dual": dual, "url": None, "signing": None}
                    try:
                        endpoint = provider.resolve_endpoint(**wanted)
                    except botocore.exceptions.EndpointProviderError:
                        found.append(row)
                        continue
                    schemes = endpoint.properties.get("authSchemes") or [{}]
                    row["url"] = endpoint.url
                    row["signing"] = schemes[0].get("signingRegion", region)
                    found.append(row)
    return found


if __name__ == "__main__":
    for _ in sys.stdin:
        print(json.dumps(endpoints()))
