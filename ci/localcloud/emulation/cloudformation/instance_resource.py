"""AWS::EC2::Instance with all the properties that the project's template sets."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance
from moto.ec2.utils import parse_user_data

from localcloud.emulation.ec2.tag_policy import check_resource
from localcloud.emulation.patching import wrap
from localcloud.rules import rule

UNSUPPORTED = {"LaunchTemplate", "SpotOptions", "ElasticGpuSpecifications"}


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


@wrap(Instance, "create_from_cloudformation_json")
@rule("volume-tags")
def _create(
    _original: Any,
    resource_name: str,
    cloudformation_json: dict,
    account_id: str,
    region_name: str,
    **_: Any,
) -> Instance:
    properties = cloudformation_json["Properties"]
    if unsupported := sorted(UNSUPPORTED & properties.keys()):
        raise ValidationError(
            message=f"the local cloud does not know `{unsupported[0]}`"
        )
    backend = ec2_backends[account_id][region_name]
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    volume_tags = (
        tags if _is_true(properties.get("PropagateTagsToVolumeOnCreation")) else {}
    )
    for kind_tags in (tags, volume_tags):
        check_resource("ec2:RunInstances", kind_tags)
    reservation = backend.run_instances(
        properties["ImageId"],
        1,
        parse_user_data(properties.get("UserData")),
        properties.get("SecurityGroups", []),
        security_group_ids=list(properties.get("SecurityGroupIds", [])),
        instance_type=properties.get("InstanceType", "m1.small"),
        is_instance_type_default=not properties.get("InstanceType"),
        region_name=region_name,
        placement=properties.get("AvailabilityZone"),
        subnet_id=properties.get("SubnetId"),
        nics=properties.get("NetworkInterfaces", []),
        key_name=properties.get("KeyName"),
        private_ip=properties.get("PrivateIpAddress"),
        block_device_mappings=properties.get("BlockDeviceMappings"),
        metadata_options=properties.get("MetadataOptions") or {},
        instance_initiated_shutdown_behavior=properties.get(
            "InstanceInitiatedShutdownBehavior"
        ),
        disable_api_termination=_is_true(properties.get("DisableApiTermination")),
        ebs_optimized=_is_true(properties.get("EbsOptimized")),
        monitoring_state="enabled"
        if _is_true(properties.get("Monitoring"))
        else "disabled",
        tags={"instance": tags, "volume": volume_tags},
    )
    instance = reservation.instances[0]
    if profile := properties.get("IamInstanceProfile"):
        backend.associate_iam_instance_profile(
            instance_id=instance.id, iam_instance_profile_name=profile
        )
    return instance


@wrap(Instance, "get_cfn_attribute")
def _attribute(original: Any, instance: Instance, name: str) -> Any:
    # A stack's outputs are read while its machine still boots: the address is known by then.
    known = {
        "InstanceId": instance.id,
        "PublicDnsName": instance.__dict__.get("localcloud_dns_name"),
        "PublicIp": instance.__dict__.get("localcloud_address"),
        "VpcId": instance.vpc_id,
    }
    return known[name] if name in known else original(instance, name)


@wrap(Instance, "has_cfn_attr")
def _has_attribute(original: Any, name: str) -> bool:
    return name in ("InstanceId", "VpcId") or original(name)
