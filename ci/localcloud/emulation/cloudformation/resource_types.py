"""The CloudFormation resource types of the project's templates that moto lacks."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudfront.models import Origin, cloudfront_backends
from moto.core.exceptions import JsonRESTError
from moto.s3.models import s3_backends
from moto.wafv2.exceptions import WAFV2DuplicateItemException
from moto.wafv2.models import WAFV2Backend, wafv2_backends

from localcloud.emulation.cloudformation.custom_resource import Made, resource_type
from localcloud.emulation.patching import wrap

LISTS_IN_DISTRIBUTIONS = {
    "AllowedMethods",
    "CachedMethods",
    "Aliases",
    "Origins",
    "Items",
}


def _counted(items: list) -> dict[str, Any]:
    """CloudFront's API wraps lists that templates write plainly."""
    return {"Quantity": len(items), "Items": items}


@resource_type("AWS::S3::BucketPolicy")
def _bucket_policy(properties: dict, account_id: str, region: str, name: str) -> Made:
    backend, bucket = s3_backends[account_id]["aws"], properties["Bucket"]

    def put(properties: dict) -> None:
        document = json.dumps(properties["PolicyDocument"])
        backend.put_bucket_policy(bucket, document.encode())

    def delete() -> None:
        if bucket in backend.buckets:
            backend.delete_bucket_policy(bucket)

    put(properties)
    return Made(f"{bucket}-policy", delete, put)


@resource_type("AWS::CloudFront::OriginAccessControl")
def _origin_access_control(
    properties: dict, account_id: str, region: str, name: str
) -> Made:
    backend = cloudfront_backends[account_id]["aws"]
    control = backend.create_origin_access_control(
        properties["OriginAccessControlConfig"]
    )
    return Made(
        control.id,
        lambda: backend.delete_origin_access_control(control.id),
        lambda new: control.update(new["OriginAccessControlConfig"]),
        {"Id": control.id},
    )


@wrap(Origin, "__init__")
def _init_origin(original: Any, origin: Any, config: dict) -> None:
    original(origin, config)
    origin.origin_access_control_id = config.get("OriginAccessControlId") or ""


def _api_cache_behavior(behavior: dict) -> dict:
    behavior = copy.deepcopy(behavior)
    methods = behavior.pop("AllowedMethods", None)
    cached = behavior.pop("CachedMethods", ["GET", "HEAD"])
    if methods is not None:
        allowed = {"Quantity": len(methods), "Items": {"Method": methods}}
        allowed["CachedMethods"] = {
            "Quantity": len(cached),
            "Items": {"Method": cached},
        }
        behavior["AllowedMethods"] = allowed
    return behavior


@resource_type("AWS::CloudFront::Distribution")
def _distribution(properties: dict, account_id: str, region: str, name: str) -> Made:
    backend = cloudfront_backends[account_id]["aws"]
    config = _api_configuration(properties, name)
    made, _, _ = backend.create_distribution_with_tags(
        config, properties.get("Tags", [])
    )
    return Made(
        made.id,
        lambda: backend.distributions.pop(made.id, None),
        lambda new: backend.update_distribution(
            _api_configuration(new, name), made.id, if_match=True
        ),
        {"Id": made.id, "DomainName": made.domain_name},
    )


def _api_configuration(properties: dict, name: str) -> dict:
    config = copy.deepcopy(properties["DistributionConfig"])
    config["CallerReference"] = name
    config.setdefault("Comment", "")
    config["Origins"] = _counted(config["Origins"])
    if "Aliases" in config:
        config["Aliases"] = _counted(config["Aliases"])
    config["DefaultCacheBehavior"] = _api_cache_behavior(config["DefaultCacheBehavior"])
    return config


def _waf_backend(account_id: str, region: str, scope: str) -> Any:
    if scope == "CLOUDFRONT" and region != "us-east-1":
        raise ValidationError(
            message="The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT"
        )
    return wafv2_backends[account_id]["aws" if scope == "CLOUDFRONT" else region]


@wrap(WAFV2DuplicateItemException, "__init__")
def _init_duplicate(_: Any, error: WAFV2DuplicateItemException) -> None:
    """Moto names it otherwise than WAF does."""
    JsonRESTError.__init__(
        error,
        "WAFDuplicateItemException",
        "AWS WAF could not perform the operation because some resource in your request is a "
        "duplicate of an existing one.",
    )


@wrap(WAFV2Backend, "create_ip_set")
def _create_ip_set(
    original: Any, backend: Any, name: str, scope: str, *others: Any, **named: Any
) -> Any:
    """Moto knows the duplicates of web ACLs alone; WAF refuses those of every kind.

    Source: <https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateIPSet.html>
    """
    if any((s.name, s.scope) == (name, scope) for s in backend.ip_sets.values()):
        raise WAFV2DuplicateItemException
    return original(backend, name, scope, *others, **named)


@resource_type("AWS::WAFv2::IPSet", "Name")
def _ip_set(properties: dict, account_id: str, region: str, name: str) -> Made:
    scope = properties["Scope"]
    backend = _waf_backend(account_id, region, scope)
    made = backend.create_ip_set(
        name,
        scope,
        properties.get("Description", ""),
        properties["IPAddressVersion"],
        properties["Addresses"],
        properties.get("Tags", []),
    )
    return Made(
        f"{name}|{made.ip_set_id}|{scope}",
        lambda: backend.ip_sets.pop(made.arn, None),
        lambda new: made.update(new.get("Description", ""), new["Addresses"]),
        {"Arn": made.arn, "Id": made.ip_set_id},
    )


def _api_rules(properties: dict) -> list[dict]:
    return [_api_rule(rule) for rule in properties.get("Rules", [])]


def _api_rule(value: Any) -> Any:
    """Return a rule as the API has it: there `Arn` is `ARN`, and a text to search for a blob."""
    if isinstance(value, list):
        return [_api_rule(item) for item in value]
    if not isinstance(value, dict):
        return value
    rule = {
        "ARN" if name == "Arn" else name: _api_rule(member)
        for name, member in value.items()
    }
    if "SearchString" in rule:
        text = rule["SearchString"].encode()
        rule["SearchString"] = base64.b64encode(text).decode()
    return rule


@resource_type("AWS::WAFv2::WebACL", "Name")
def _web_acl(properties: dict, account_id: str, region: str, name: str) -> Made:
    scope = properties["Scope"]
    backend = _waf_backend(account_id, region, scope)
    made = backend.create_web_acl(
        name,
        properties["VisibilityConfig"],
        properties["DefaultAction"],
        scope,
        properties.get("Description", ""),
        properties.get("Tags", []),
        _api_rules(properties),
        association_config=None,
        captcha_config=None,
        challenge_config=None,
        custom_response_bodies=None,
        token_domains=[],
    )

    def update(new: dict) -> None:
        backend.update_web_acl(
            name,
            made.id,
            new["DefaultAction"],
            _api_rules(new),
            new.get("Description", ""),
            new["VisibilityConfig"],
            made.lock_token,
            custom_response_bodies=None,
            captcha_config=None,
            challenge_config=None,
            token_domains=None,
            association_config=None,
        )

    return Made(
        f"{name}|{made.id}|{scope}",
        lambda: backend.wacls.pop(made.arn, None),
        update,
        {"Arn": made.arn, "Id": made.id, "Capacity": 1},
    )
