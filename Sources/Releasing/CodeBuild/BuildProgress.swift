import AWS
import Diagnostics

/// What is worth saying of a build, given what was said of it: no input but its answers.
struct BuildProgress: Sendable, Equatable {
    /// The phases that were said to have begun, and those that were said to have ended.
    private var begun: Set<String> = []
    private var ended: Set<String> = []
    private var logUrl: String?
    /// Names the log lines after those that were said; nil before the first.
    private(set) var logToken: String?

    /// CodeBuild's name for the end, which is no phase.
    private static let end = "COMPLETED"
    private static let unfinished = "IN_PROGRESS"

    /// What has changed since the last answer.
    mutating func notes(_ build: CodeBuildBuild) -> [BuildNote] {
        var notes: [BuildNote] = []
        if let logs = build.logs, logs.streamName != nil, let url = logs.deepLink, logUrl == nil {
            logUrl = url
            notes.append(.log(url: url))
        }
        for phase in build.phases ?? [] where phase.phaseType != Self.end {
            if let status = phase.phaseStatus, status != Self.unfinished {
                guard ended.insert(phase.phaseType).inserted else { continue }
                begun.insert(phase.phaseType)
                notes.append(
                    .phase(phase.phaseType, status: status, seconds: phase.durationInSeconds))
            } else if begun.insert(phase.phaseType).inserted {
                notes.append(.phase(phase.phaseType, status: nil, seconds: nil))
            }
        }
        if let phase = build.currentPhase, phase != Self.end, begun.insert(phase).inserted {
            notes.append(.phase(phase, status: nil, seconds: nil))
        }
        return notes
    }

    /// The lines of a page of the log.
    ///
    /// - Returns: the lines, and whether there are no more now.
    mutating func notes(_ page: GetLogEvents.Page) -> (notes: [BuildNote], isLast: Bool) {
        var notes: [BuildNote] = []
        for event in page.events ?? [] {
            // Mostly one line with its end, sometimes several.
            var lines = (event.message ?? "").split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
            notes += lines.map { .line(String($0)) }
        }
        let isLast = page.nextForwardToken == nil || page.nextForwardToken == logToken
        logToken = page.nextForwardToken ?? logToken
        return (notes, isLast)
    }

    /// How a build has ended.
    ///
    /// - Returns: nil for success.
    static func problem(_ build: CodeBuildBuild) -> Diagnostic? {
        guard build.buildStatus != "SUCCEEDED" else { return nil }
        let phase = (build.phases ?? []).first {
            $0.phaseStatus.map { !["SUCCEEDED", unfinished].contains($0) } ?? false
        }
        let place = phase.map { " in phase \($0.phaseType)" } ?? ""
        let causes = (phase?.contexts ?? []).compactMap(\.text)
        let code = build.buildStatus.lowercased().replacing("_", with: "-")
        return Diagnostic(
            code: "codebuild.\(code)",
            summary: "build `\(build.id)` ended with \(build.buildStatus)\(place)",
            causes: causes,
            // Before the first line the link leads nowhere.
            hint: build.logs?.streamName.flatMap { _ in build.logs?.deepLink }
                .map { "read the whole log: \($0)" }
                ?? "look at the build in the console of CodeBuild")
    }
}
