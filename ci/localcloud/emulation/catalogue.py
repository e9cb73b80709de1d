"""All that the local cloud changes about moto, in the order in which it is changed."""

from __future__ import annotations

from localcloud.emulation import transitions, unknown_operations
from localcloud.emulation.cloudformation import (
    bucket_resource,
    change_set_views,
    change_sets,
    dynamic_references,
    instance_resource,
    managed_policy,
    no_value,
    resource_types,
    resource_updates,
    stack_events,
    stacks,
)
from localcloud.emulation.codebuild import (
    build_batches,
    builds,
    project_resource,
    source_credentials,
)
from localcloud.emulation.ec2 import (
    base_images,
    consistency,
    disabled_images,
    encryption,
    exports,
    image_lifecycle,
    images,
    instances,
    public_access,
    quotas,
    registered_images,
    tag_lookup,
    tag_policy,
)
from localcloud.emulation.iam import policy_simulation
from localcloud.emulation.patching import install as install_module
from localcloud.emulation.patching import not_installed
from localcloud.emulation.s3 import (
    answer_roots,
    bucket_policy,
    conditional_writes,
    storage,
)

# A change that wraps what another one made stands behind it.
MODULES = (
    transitions,
    tag_lookup,
    base_images,
    encryption,
    consistency,
    disabled_images,
    image_lifecycle,
    images,
    registered_images,
    exports,
    quotas,
    instances,
    public_access,
    tag_policy,
    policy_simulation,
    instance_resource,
    bucket_resource,
    resource_updates,
    storage,
    answer_roots,
    bucket_policy,
    change_sets,
    change_set_views,
    stack_events,
    stacks,
    resource_types,
    source_credentials,
    project_resource,
    managed_policy,
    conditional_writes,
    builds,
    build_batches,
    dynamic_references,
    no_value,
    unknown_operations,
)


def install() -> None:
    """Make every change, once in the life of the process."""
    for module in MODULES:
        install_module(module)
    if missing := not_installed():
        raise RuntimeError(f"not in the catalogue: {', '.join(missing)}")
