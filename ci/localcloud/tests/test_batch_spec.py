"""The `batch` of buildspecs: what is read, and what is refused for which reason."""

from __future__ import annotations

import pytest

from localcloud.emulation.codebuild.batch_spec import BatchSpecError, parse


def graph(entry, version="0.2"):
    return f"version: {version}\nbatch: {{build-graph: [{entry}]}}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no mapping `batch`"),
        ("a: [", "no YAML"),
        ("version: 0.2\nphases: {}", "no mapping `batch`"),
        ("version: 0.2\nversion: 0.2", "key `version` is there twice"),
        ("version: 0.2\nbatch: {fast-fail: true}", "needs one of build-graph, .* none"),
        ("version: 0.2\nbatch: {build-list: []}", "only `build-graph`"),
        (
            "version: 0.2\nbatch: {build-graph: [], build-matrix: {}}",
            "not build-graph and build-matrix",
        ),
        ("version: 0.2\nbatch: {build-graph: []}", "batch/build-graph: "),
        ("version: 0.2\nbatch: {build-graph: [], x: 1}", "'x' was unexpected"),
        ("version: 0.2\nbatch: {build-graph: [], fast-fail: 1}", "batch/fast-fail: "),
        (graph("identifier: a", '"0.2"'), "version: 0.2 was expected"),
        ("batch: {build-graph: [identifier: a]}", "'version' is a required"),
        (graph("buildspec: a"), "'identifier' is a required"),
        (graph("identifier: a-b"), "'a-b' does not match"),
        (graph('identifier: "a\\n"'), "does not match"),
        (graph("{identifier: a, needs: b}"), "'needs' was unexpected"),
        (graph("{identifier: a, depend-on: b}"), "'b' is not of type 'array'"),
        (graph("{identifier: a, ignore-failure: 1}"), "not of type 'boolean'"),
        (graph("{identifier: a, env: {os: b}}"), "'os' was unexpected"),
        (graph("{identifier: a, env: {variables: {A: [1]}}}"), "variables/A: "),
        (graph("{identifier: a, env: {variables: {A: null}}}"), "variables/A: "),
        (graph("{identifier: a, env: {fleet: f, compute-type: c}}"), "has both"),
        (graph("{identifier: a}, {identifier: a}"), "two tasks .* `a`"),
        (graph("{identifier: a, depend-on: [b]}"), "`a` depends on `b`"),
        (graph("{identifier: a, depend-on: [a]}"), "`a` -> `a`"),
        (
            graph("{identifier: a, depend-on: [b]}, {identifier: b, depend-on: [a]}"),
            "depend on each other",
        ),
    ],
)
def test_bad_buildspecs_are_refused(text, reason):
    with pytest.raises(BatchSpecError, match=reason):
        parse(text)


def test_a_whole_buildspec_is_read():
    found = parse(
        """
version: 0.2
env: {shell: bash}
phases: {build: {commands: [make]}}
batch:
  fast-fail: true
  build-graph:
    - identifier: a
    - identifier: b
      buildspec: b.yaml
      debug-session: true
      depend-on: [a]
      ignore-failure: true
      env:
        compute-type: BUILD_GENERAL1_SMALL
        image: image
        privileged-mode: true
        type: LINUX_CONTAINER
        variables: {TEXT: t, RELEASE: 1.10, DAY: 2024-01-01, ON_TOP: true}
"""
    )
    assert found.fast_fail and [task.identifier for task in found.tasks] == ["a", "b"]
    task = found.tasks[1]
    assert (task.buildspec, task.depends_on) == ("b.yaml", ("a",))
    assert task.ignore_failure and task.debug_session and task.privileged_mode
    assert (task.compute_type, task.image) == ("BUILD_GENERAL1_SMALL", "image")
    assert task.environment_type == "LINUX_CONTAINER"
    variables = {"TEXT": "t", "RELEASE": "1.10", "DAY": "2024-01-01", "ON_TOP": "true"}
    assert task.variables == variables
