import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON
import Releasing

/// Plans and summaries of many releases, for people and for scripts.
enum MatrixText {
    private static let partSize = 64
    private static let causeLimit = 50

    /// The plans of many variants: a line for each and one about all, or events.
    ///
    /// - Parameter form: how the stages of each are shown below its line; nil to leave them out.
    static func plan(
        _ plans: [(assetId: String, plan: VariantPlan)], isJSON: Bool, _ form: PlanText.Form?,
        at now: Date
    ) async -> String {
        // Rendering is most of the work where everything is fresh: on all cores.
        let parts = stride(from: 0, to: plans.count, by: partSize).map { start in
            Array(plans[start..<min(start + partSize, plans.count)])
        }
        let texts = await withTaskGroup(of: (Int, String).self) { group in
            for (place, part) in parts.enumerated() {
                group.addTask {
                    let lines = part.map { assetId, plan in
                        isJSON
                            ? event(assetId, plan, at: now)
                            : block(assetId, plan, form)
                    }
                    return (place, lines.joined(separator: "\n"))
                }
            }
            return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        var lines = parts.indices.compactMap { texts[$0] }
        if !isJSON { lines.append(summary(plans.map(\.plan))) }
        return lines.joined(separator: "\n")
    }

    /// How many variants are in which state, in one line.
    static func line(_ summary: MatrixSummary) -> String {
        let parts = summary.counts.filter { $0.count > 0 }.map {
            "\($0.count) \($0.status.rawValue)"
        }
        return "\(summary.entries.count) variants: \(parts.joined(separator: ", "))"
    }

    /// The event `matrix-collected`.
    static func event(_ summary: MatrixSummary, at now: Date) -> JSONValue {
        let names = summary.entries.filter { $0.status != .fresh }.map(\.assetId)
        return [
            "event": "matrix-collected", "time": .string(Timestamp.text(now)),
            "variants": .integer(Int64(summary.entries.count)),
            "counts": summary.countsJSON,
            "stale": .array(names.map { .string($0) }),
        ]
    }

    /// The line of `status --json`.
    static func status(_ entry: MatrixSummary.Entry, at now: Date) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("event", "status"), ("time", .string(Timestamp.text(now))),
            ("assetId", .string(entry.assetId)), ("status", .string(entry.status.rawValue)),
            ("reason", entry.firstReason.map { .string($0) } ?? nil),
        ]
        if !entry.superseded.isEmpty {
            members.append(("superseded", .array(entry.superseded.map { .string($0) })))
        }
        return JSONValue(members: members)
    }

    /// The error of an option that makes sense for one release only.
    static func needsOneVariant(_ option: String) -> Diagnostic {
        Diagnostic(
            code: "usage.matrix", severity: .configuration,
            summary: "`\(option)` works on one release, and this manifest is a matrix of many",
            hint: "leave it out, or name one release with `--asset-id`")
    }

    /// The error of releases that are not up to date.
    static func stale(_ entries: [MatrixSummary.Entry]) -> Diagnostic {
        Diagnostic(
            code: "matrix.stale", summary: "\(entries.count) releases are not up to date",
            causes: entries.prefix(causeLimit).map { entry in
                "\(entry.assetId): \(entry.status.rawValue): \(entry.firstReason ?? "")"
            },
            hint: "`dssbatch plan --explain` says what would run, and why")
    }

    private static func block(
        _ assetId: String, _ plan: VariantPlan, _ form: PlanText.Form?
    ) -> String {
        switch plan {
        case .sealed(let seal):
            var text = "\(assetId): everything is fresh"
            guard let form else { return text }
            let fresh = form.palette.paint("fresh", .fresh)
            for name in seal.stageNames { text += "\n  \(fresh)    \(name)" }
            return text
        case .planned(let plan, _):
            let line = "\(assetId): \(PlanText.summary(plan))"
            guard var form else {
                let first = plan.stages.first { $0.state != .fresh }.flatMap(plan.cause)
                return line + (first.map { " (\($0))" } ?? "")
            }
            form.columns = form.columns.map { $0 - 2 }
            return line + PlanText.lines(plan, form).map { "\n  \($0)" }.joined()
        case .unconcerned: return "\(assetId): has no such stage"
        }
    }

    private static func event(_ assetId: String, _ plan: VariantPlan, at now: Date) -> String {
        let kind: RunEvent.Kind
        switch plan {
        // Its stages are text already: parsing them would be in vain.
        case .sealed(let seal):
            let notes = seal.isAccountCompared ? "" : #","notes":["\#(Plan.notCompared)"]"#
            return #"{"event":"plan","time":"\#(Timestamp.text(now))","assetId":"#
                + JSONValue.string(assetId).compactText
                + #","stages":\#(seal.stagesText)\#(notes)}"#
        case .planned(let plan, _): kind = .plan(plan)
        case .unconcerned: kind = .plan(.empty)
        }
        var event = RunEvent(time: now, stage: nil, kind: kind)
        event.assetId = assetId
        return event.json.compactText
    }

    private static func summary(_ plans: [VariantPlan]) -> String {
        let stale = plans.compactMap(\.plan).filter { !$0.isFresh }
        let notes = plans.allSatisfy(\.isAccountCompared) ? "" : "; \(Plan.notCompared)"
        if stale.isEmpty { return "\(plans.count) variants: everything is fresh\(notes)" }
        // How much of it is side by side, `atOnce` and the limits of EC2 decide.
        let isLong = stale.count > 1 && stale.contains { $0.sums.seconds > 0 }
        let order = isLong ? " (one after the other)" : ""
        return "\(plans.count) variants: \(stale.count) stale; "
            + (PlanText.counts(stale, [.run, .maybe, .blocked]) + PlanSums.parts(stale))
            .joined(separator: ", ") + order + notes
    }
}
