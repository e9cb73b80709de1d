"""What drives a batch of builds on: its buildspec, the builds that may begin, its end."""

from __future__ import annotations

from localcloud import runtime
from localcloud.emulation.codebuild import builds, buildspecs
from localcloud.emulation.codebuild.batch_record import BatchRecord, Group
from localcloud.emulation.codebuild.batch_spec import BatchSpec, BatchSpecError, parse
from localcloud.emulation.codebuild.build_queue import AccountLimitExceededException
from localcloud.emulation.iam.permissions import distrust_of_service, refusal_of_service
from localcloud.rules import rule

MOST_BUILDS = 100
# What a batch does with its own role.
BATCH_CALLS = ("codebuild:StartBuild", "codebuild:StopBuild", "codebuild:RetryBuild")


def advance(batch: BatchRecord) -> None:
    """Lead a batch as far as its builds allow."""
    # The lock of all requests: moto's dictionaries of builds change here too.
    with runtime.current().lock:
        if batch.is_advancing:
            return  # It stops a build, whose end leads here.
        batch.is_advancing = True
        try:
            while not batch.is_over and _goes_on(batch):
                pass
        finally:
            batch.is_advancing = False


def stop(batch: BatchRecord) -> None:
    """End a batch at once and stop its builds."""
    with runtime.current().lock:
        batch.enter("STOPPED", "STOPPED")
        _stop_builds(batch)


@rule("13")
def _goes_on(batch: BatchRecord) -> bool:
    """Do one step; returns whether there may be another one now."""
    if batch.is_late:
        batch.enter("TIMED_OUT", "TIMED_OUT")
        _stop_builds(batch)
        return False
    if batch.phase == "SUBMITTED":
        batch.enter("DOWNLOAD_BATCHSPEC")
        _plan(batch)
        return True
    if batch.project_name not in batch.backend.codebuild_projects:
        reason = ("CLIENT_ERROR", f"there is no project {batch.project_name} any more")
        batch.enter("FAILED", "FAILED", reason)
        return False
    if batch.fast_fail and batch.bad() and not batch.is_halted:
        batch.is_halted = True
        _stop_builds(batch)
    ready = [] if batch.is_halted else batch.ready()
    try:
        for group in ready:
            _begin(batch, group)
    except AccountLimitExceededException as error:
        # How a batch takes it is a guess.
        batch.enter("FAILED", "FAILED", ("CLIENT_ERROR", str(error.message)))
        _stop_builds(batch)
        return False
    if not ready and not batch.running():
        _finish(batch)
    return bool(ready)


def _plan(batch: BatchRecord) -> None:
    """Read the buildspec and go on to its builds, or fail."""
    try:
        spec = parse(_buildspec(batch))
    except BatchSpecError as error:
        batch.enter("FAILED", "FAILED", ("YAML_FILE_ERROR", str(error)))
        return
    if refusal := _refusal(batch, spec):
        batch.enter("FAILED", "FAILED", ("CLIENT_ERROR", refusal))
        return
    batch.plan(spec)
    batch.enter("IN_PROGRESS")


def _buildspec(batch: BatchRecord) -> str:
    """Return the text of the batch's buildspec, which is inline or a file of the source."""
    given = batch.members["source"].get("buildspec") or buildspecs.DEFAULT_FILE
    if buildspecs.is_text(given):
        return given
    if builds.read_source_file is None:
        raise BatchSpecError(
            f"the local cloud cannot read `{given}` from the source; "
            "give the buildspec's text as buildspecOverride"
        )
    try:
        return builds.read_source_file(batch.members, given)
    except (OSError, UnicodeError) as error:
        raise BatchSpecError(f"{given}: {error}") from error


def _refusal(batch: BatchRecord, spec: BatchSpec) -> str | None:
    """Return what the batch's role or the project's restrictions forbid."""
    configuration = batch.members["buildBatchConfig"]
    project = f"{batch.members['arn'].partition(':build-batch/')[0]}:project/{batch.project_name}"
    role = configuration.get("serviceRole")
    refusal = role and distrust_of_service(role, "codebuild.amazonaws.com", project)
    if refusal := refusal or refusal_of_service(role, BATCH_CALLS, project):
        return refusal
    restrictions = batch.members["buildBatchConfig"].get("restrictions", {})
    most = restrictions.get("maximumBuildsAllowed", MOST_BUILDS)
    if len(spec.tasks) > most:
        return (
            f"the batch has {len(spec.tasks)} builds, and the project allows {most} "
            "(restrictions.maximumBuildsAllowed)"
        )
    allowed = restrictions.get("computeTypesAllowed")
    for task in spec.tasks if allowed else []:
        wanted = task.compute_type or batch.members["environment"]["computeType"]
        if wanted not in allowed:
            return (
                f"task `{task.identifier}` has the compute type {wanted}, and the project "
                f"allows {', '.join(allowed)} (restrictions.computeTypesAllowed)"
            )
    return None


def _begin(batch: BatchRecord, group: Group) -> None:
    """Start a task's build."""
    task, wanted = group.task, batch.wanted
    variables = {
        **task.variables,
        "CODEBUILD_BATCH_BUILD_IDENTIFIER": task.identifier,
    }
    overrides = {
        "buildspecOverride": task.buildspec,
        "computeTypeOverride": task.compute_type,
        "environmentTypeOverride": task.environment_type,
        "fleetOverride": {"fleetArn": task.fleet} if task.fleet else None,
        "imageOverride": task.image,
        "privilegedModeOverride": task.privileged_mode,
    }
    request = {k: v for k, v in wanted.items() if k != "idempotencyToken"}
    if minutes := request.pop("buildTimeoutInMinutesOverride", None):
        request["timeoutInMinutesOverride"] = minutes
    request |= {k: v for k, v in overrides.items() if v is not None}
    request["environmentVariablesOverride"] = [
        *wanted.get("environmentVariablesOverride", []),
        *({"name": name, "value": value} for name, value in variables.items()),
    ]
    members = {"debugSession": {"sessionEnabled": True}} if task.debug_session else {}
    group.build = builds.start(
        batch.backend,
        request,
        id=group.build_id,
        arn=group.arn,
        buildBatchArn=batch.members["arn"],
        **members,
    )


def _stop_builds(batch: BatchRecord) -> None:
    for group in batch.running():
        batch.backend.stop_build(group.build_id)


def _finish(batch: BatchRecord) -> None:
    """End a batch of which no build runs and none can begin."""
    if bad := batch.bad():
        names = ", ".join(f"`{group.task.identifier}`" for group in bad)
        batch.enter("FAILED", "FAILED", ("CLIENT_ERROR", f"builds failed: {names}"))
        return
    batch.enter("COMBINE_ARTIFACTS")
    batch.enter("SUCCEEDED")
