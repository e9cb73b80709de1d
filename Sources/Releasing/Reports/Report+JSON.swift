import BuildGraph
package import JSON
import OrderedCollections

extension Report {
    /// Schema `dssbatch.report/1`.
    static let schema = "dssbatch.report/1"

    /// The report as scripts read it.
    package var json: JSONValue {
        [
            "schema": .string(Self.schema), "kind": "release", "assetId": .string(name),
            "region": .text(region), "location": .string(location),
            "standing": .string(standing.rawValue), "madeAt": .text(madeAt),
            "made": .array(made.map(\.json)),
            "bytes": .integer(sizeBytes),
            "versions": JSONValue(members: versions.map { ($0.key, .string($0.value)) }),
            "stages": .array(stages.map(Self.json)), "runs": .array(runs.map(Self.json)),
            "slowestTasks": .array(slowTasks.map(Self.json)), "packages": packages.json,
            "failures": .array(failures.map(Self.json)),
            "notes": .array(notes.map { .string($0) }),
        ]
    }

    private static func json(_ stage: Stage) -> JSONValue {
        [
            "stage": .string(stage.name.rawValue), "kind": .string(stage.lifetime.rawValue),
            "state": .text(stage.state?.rawValue),
            "reasons": .array(stage.reasons.map { .string($0) }),
            "needs": .array(stage.needs.map { .string($0.rawValue) }),
        ]
    }

    private static func json(_ run: Run) -> JSONValue {
        [
            "runId": .string(run.id),
            "by": run.by.map { ["user": .string($0.user), "host": .string($0.host)] } ?? .null,
            "tool": .string(run.tool), "startedAt": .string(run.startedAt),
            "finishedAt": .string(run.finishedAt), "seconds": .number(run.seconds),
            "stages": .array(
                run.steps.map { step in
                    [
                        "stage": .string(step.stage.rawValue),
                        "status": .string(step.status.rawValue),
                        "startedAt": .string(step.startedAt), "seconds": .number(step.seconds),
                    ]
                }),
        ]
    }

    private static func json(_ task: SlowTask) -> JSONValue {
        [
            "stage": .string(task.stage.rawValue), "task": .string(task.task),
            "seconds": .number(task.seconds),
        ]
    }

    private static func json(_ failure: Failure) -> JSONValue {
        [
            "stage": .string(failure.stage.rawValue), "finishedAt": .string(failure.finishedAt),
            "error": failure.error.json,
        ]
    }
}

extension PackageReport {
    var json: JSONValue {
        [
            "since": .text(previous), "reason": .text(reason),
            "images": .array(
                images.map { image in
                    [
                        "image": .string(image.title),
                        "changes": .array(
                            image.changes.map { change in
                                [
                                    "name": .string(change.name), "before": .text(change.before),
                                    "after": .text(change.after),
                                ]
                            }),
                    ]
                }),
        ]
    }
}

extension MadeThing {
    fileprivate var json: JSONValue {
        [
            "kind": .string(kind), "name": .string(name), "detail": .string(detail),
            "bytes": bytes.map { .integer($0) } ?? .null, "checksum": .text(checksum),
        ]
    }
}

extension JSONValue {
    /// A text; null for none.
    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
