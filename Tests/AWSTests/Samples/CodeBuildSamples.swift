import AWS
import JSON

extension OperationSample {
    /// Builds and their logs.
    static func codeBuild(_ random: inout SampleFields) -> [OperationSample] {
        let (name, value, token) = (random.text(), random.text(), random.text())
        let (some, flag) = (random.someTexts(), random.flag())
        return [
            OperationSample(
                StartBuild(
                    projectName: name, sourceVersion: value,
                    environmentVariablesOverride: some.map { .init(name: $0, value: value) },
                    idempotencyToken: token),
                [
                    "projectName": name.json, "sourceVersion": value.json,
                    "environmentVariablesOverride": .array(
                        some.map {
                            [
                                "name": $0.json, "value": value.json,
                                "type": "PLAINTEXT",
                            ]
                        }),
                    "idempotencyToken": token.json,
                ]),
            OperationSample(
                StartBuildBatch(
                    projectName: name, sourceVersion: value, buildspecOverride: token,
                    buildTimeoutInMinutesOverride: 480, idempotencyToken: value),
                [
                    "projectName": name.json, "sourceVersion": value.json,
                    "buildspecOverride": token.json, "buildTimeoutInMinutesOverride": 480,
                    "idempotencyToken": value.json,
                ]),
            OperationSample(StopBuild(id: name), ["id": name.json]),
            OperationSample(StopBuildBatch(id: name), ["id": name.json]),
            OperationSample(BatchGetBuildBatches(ids: some), ["ids": some.json]),
            OperationSample(BatchGetBuilds(ids: some), ["ids": some.json]),
            OperationSample(BatchGetProjects(names: some), ["names": some.json]),
            OperationSample(ListSourceCredentials(), [:]),
            OperationSample(
                GetLogEvents(
                    logGroupName: name, logStreamName: value, startFromHead: flag,
                    nextToken: token),
                [
                    "logGroupName": name.json, "logStreamName": value.json,
                    "startFromHead": flag.json, "nextToken": token.json,
                ]),
        ]
    }
}
