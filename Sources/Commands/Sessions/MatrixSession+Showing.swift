import BuildGraph
import Diagnostics
import JSON
import Releasing

extension MatrixSession {
    /// Prints what a run would do.
    ///
    /// - Returns: status 10 where that is asked for and something is stale.
    func showPlan(
        _ selection: SelectionOptions, explain: Bool = false, isExitDetailed: Bool = false
    ) async throws -> ExitStatus {
        try sayLocalHint()
        let plans = try await matrix.plan(variants, selection.request)
        let now = services.time.now()
        // Of many at once a line each is enough, unless somebody asks for more.
        let isShort = variants.count > 1 && !explain && !selection.request.isNarrow
        let text = await MatrixText.plan(
            zip(variants, plans).map { ($0.assetId, $1) }, isJSON: options.json,
            isShort ? nil : output.planForm(explain: explain), at: now)
        call.console.printLine(text)
        return isExitDetailed && !plans.allSatisfy(\.isFresh) ? .stale : .fresh
    }

    /// Prints a line for each variant: whether it is fresh, and if not, why.
    func showStatus() async throws -> ExitStatus {
        try sayLocalHint()
        let plans = try await matrix.plan(variants, SelectionRequest())
        let entries = zip(variants, plans).map { variant, plan in
            MatrixSummary.Entry(assetId: variant.assetId, plan: plan)
        }
        if options.json {
            let now = services.time.now()
            for entry in entries {
                call.console.printLine(MatrixText.status(entry, at: now).compactText)
            }
        } else {
            let rows: [[TextTable.Cell]] = entries.map { entry in
                let notes = [entry.firstReason].compactMap { $0 } + entry.supersededNotes
                return [
                    .init(entry.assetId), .init(entry.status.rawValue, .init(entry.status)),
                    .init(notes.joined(separator: "; ")),
                ]
            }
            call.console.printLine(
                TextTable.text(
                    rows, output.dataPalette, columns: call.console.outputTerminal()?.columns))
        }
        return .fresh
    }
}
