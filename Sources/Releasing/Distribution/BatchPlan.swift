import Diagnostics
package import JSON

/// The builds that bring a matrix up to date, and the buildspec that says so to CodeBuild: pure.
package struct BatchPlan: Sendable, Equatable {
    /// AWS's own limit to the builds of one batch.
    ///
    /// Source: <https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html>
    package static let buildLimit = 100
    /// The shared stages and the summary.
    private static let otherBuilds = 2
    /// Longer values of a variable are not to be relied on.
    private static let valueLimitBytes = 4000

    /// In an order in which each comes after what it needs.
    package let tasks: [BatchTask]
    /// How many of its builds that make releases run side by side.
    private let makersAtOnce: Int
    /// What its releases export, by region.
    private let exports: [ExportLoad]

    /// Deals out releases to builds, as evenly as can be, in their order.
    ///
    /// More builds than may run at once would only wait for each other; there are more where the
    /// names of a build's releases would become too long.
    ///
    /// - Parameters:
    ///   - assetIds: those that are to be run.
    ///   - shared: stages that are to be run for all before any is made; none for no such build.
    ///   - builds: the most builds that the batch may have.
    ///   - atOnce: the most builds that run side by side.
    ///   - exports: what the releases export, by region.
    /// - Throws: `distribute.too-few-builds`.
    package init(
        assetIds: [String], shared: [String], builds: Int, atOnce: Int = .max,
        exports: [ExportLoad] = []
    ) throws {
        let most = min(min(builds, Self.buildLimit) - Self.otherBuilds, assetIds.count)
        guard most > 0 else { throw Self.tooFew(builds) }
        let fitting = (max(1, min(atOnce, most))...most).lazy
            .map { Self.parts(assetIds, count: $0) }
            .first {
                $0.allSatisfy { $0.joined(separator: ",").utf8.count <= Self.valueLimitBytes }
            }
        guard let parts = fitting else { throw Self.tooFew(builds) }
        makersAtOnce = min(parts.count, atOnce)
        self.exports = exports
        var tasks: [BatchTask] = []
        if !shared.isEmpty {
            tasks.append(BatchTask(identifier: "shared", work: .share(shared), needs: []))
        }
        let first = tasks.map(\.identifier)
        for (place, part) in parts.enumerated() {
            let number = String(place + 1)
            let padding = String(repeating: "0", count: 3 - number.count)
            tasks.append(
                BatchTask(
                    identifier: "releases_\(padding)\(number)", work: .make(part), needs: first))
        }
        let makers = tasks.map(\.identifier)
        tasks.append(BatchTask(identifier: "collect", work: .collect, needs: makers))
        self.tasks = tasks
    }

    /// The most releases that one build makes.
    package var releasesInABuild: Int {
        tasks.map { if case .make(let assetIds) = $0.work { assetIds.count } else { 1 } }.max() ?? 1
    }

    /// How many times as long an export may take in the region where they wait the longest.
    package var exportRounds: Int { exports.map { $0.rounds(of: makersAtOnce) }.max() ?? 1 }

    /// What to know of exports that wait for each other.
    package var exportNotes: [String] { exports.compactMap { $0.note(of: makersAtOnce) } }

    /// Parts whose sizes differ by one at most.
    private static func parts(_ items: [String], count: Int) -> [[String]] {
        (0..<count).map { part in
            Array(items[(items.count * part / count)..<(items.count * (part + 1) / count)])
        }
    }

    private static func tooFew(_ builds: Int) -> Diagnostic {
        Diagnostic(
            code: "distribute.too-few-builds", severity: .configuration,
            summary: "the releases do not fit into \(builds) builds",
            hint:
                "allow more of them (`--builds`, at most \(buildLimit)), which the project has to "
                + "allow too: parameter `MaximumBuildsInBatch` of its stack")
    }

    /// The buildspec: JSON, which is YAML too.
    ///
    /// Source: <https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html>
    ///
    /// - Parameters:
    ///   - manifest: the matrix, relative to the repository's root.
    ///   - results: where all builds record, an `s3://` address.
    ///   - buildspec: the file in the repository whose phases each build runs.
    ///   - options: further words of the command line of builds that make something.
    package func buildspec(
        manifest: String, results: String, buildspec: String, options: [String] = []
    ) -> JSONValue {
        let graph = tasks.map { task in
            var members: [(String, JSONValue)] = [
                ("identifier", .string(task.identifier)), ("buildspec", .string(buildspec)),
            ]
            if !task.needs.isEmpty {
                members.append(("depend-on", .array(task.needs.map { .string($0) })))
            }
            var variables: [(String, JSONValue)] = [
                ("DSS_MATRIX", .string(manifest)), ("DSS_RESULTS", .string(results)),
            ]
            switch task.work {
            case .collect: variables.append(("DSS_COMMAND", "collect"))
            case .share(let stages):
                let only = stages.map { "--only \($0)" } + options
                variables.append(("DSS_OPTIONS", .string(only.joined(separator: " "))))
            case .make(let assetIds):
                if !options.isEmpty {
                    variables.append(("DSS_OPTIONS", .string(options.joined(separator: " "))))
                }
                variables.append(("DSS_VARIANTS", .string(assetIds.joined(separator: ","))))
            }
            members.append(("env", ["variables": JSONValue(members: variables)]))
            return JSONValue(members: members)
        }
        // What has begun goes to its end: a release that failed stops no other.
        return [
            "version": .number(0.2), "batch": ["fast-fail": false, "build-graph": .array(graph)],
        ]
    }
}
