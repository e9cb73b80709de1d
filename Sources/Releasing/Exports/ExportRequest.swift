import AWS
import BuildGraph
import Diagnostics

/// Asks EC2 for an export task until it takes it: limits that others use up are waited for.
struct ExportRequest: Sendable {
    let aws: any AWSCaller
    let region: String
    let call: ExportImage
    let slot: ExportSlots.Slot
    var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }

    /// What EC2 answers where a limit is used up.
    ///
    /// Source: https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html
    private static let refusal = "aws.ResourceCountExceeded"

    /// It ended before EC2 took a task: there is nothing to look for.
    struct NeverBegan: Error {
        let cause: any Error
    }

    /// Asks.
    ///
    /// - Returns: the task's id.
    /// - Throws: `NeverBegan` around `export.no-room` after a day, and around a cancellation while
    ///   it waits; what EC2 answers else.
    func accepted(_ context: StageContext) async throws -> String {
        var firstRefusalSeconds: Double?
        while true {
            do {
                let id = try await aws.call(call, region: region).id
                await slot.accepted()
                return id
            } catch let problem as Diagnostic where problem.code == Self.refusal {
                let now = context.time.monotonicSeconds()
                let isFirst = firstRefusalSeconds == nil
                let start = firstRefusalSeconds ?? now
                firstRefusalSeconds = start
                guard now - start < ExportPatience.boundSeconds else {
                    throw NeverBegan(cause: Self.gaveUp(problem))
                }
                do {
                    try await waitForRoom(since: start, isFirst: isFirst, context)
                } catch let cancellation as CancellationError {
                    throw NeverBegan(cause: cancellation)
                }
            }
        }
    }

    /// Waits until an active task has ended, or it is time to ask in any case.
    private func waitForRoom(
        since start: Double, isFirst: Bool, _ context: StageContext
    ) async throws {
        let time = context.time
        let active = try await activeTasks()
        let onImage = active.filter { $0.imageId == call.imageId }
        let blocking = onImage.isEmpty ? active : onImage
        let reason = Self.reason(
            imageId: call.imageId, region: region, onImage: onImage, active: active)
        if isFirst { context.warn("waiting for an export to end: \(reason)") }
        var elapsed = time.monotonicSeconds() - start
        let asking = elapsed + ExportPatience.untilAsking(jitter: jitter(), elapsedSeconds: elapsed)
        while elapsed < asking {
            context.progress(nil, "waiting for an export to end: \(reason)")
            let isCalled = try await slot.waitForRoom(
                onImage.isEmpty ? .region : .image,
                seconds: ExportPatience.untilLooking(
                    elapsedSeconds: elapsed, untilAskingSeconds: asking - elapsed),
                time: time)
            if isCalled { return }
            // Also moves on where the clock does not.
            elapsed = max(time.monotonicSeconds() - start, elapsed + 0.001)
            guard elapsed < asking else { return }
            let ids = Set(try await activeTasks().map(\.id))
            if ExportPatience.hasRoom(blockers: Set(blocking.map(\.id)), active: ids) { return }
        }
    }

    /// What works in the region now; nothing where EC2 does not say.
    private func activeTasks() async throws -> [ExportImageTask] {
        do {
            return try await aws.all(DescribeExportImageTasks(), region: region)
                .filter { $0.status == "active" }
        } catch is Diagnostic {
            return []
        }
    }

    /// Says who uses the limit up.
    static func reason(
        imageId: String, region: String, onImage: [ExportImageTask], active: [ExportImageTask]
    ) -> String {
        guard onImage.isEmpty else {
            return "EC2 takes one export of image `\(imageId)` at a time, and "
                + "\(names(onImage)) works on it"
        }
        guard !active.isEmpty else {
            return "EC2 takes no further export in \(region) now"
        }
        return "EC2 takes no further export in \(region) while \(active.count) "
            + (active.count == 1 ? "is" : "are") + " active: \(names(active))"
    }

    private static func names(_ tasks: [ExportImageTask]) -> String {
        let shown = 5
        let named = tasks.prefix(shown).map { task in
            task.tags[ResourceNames.assetTag].map { "`\(task.id)` of release `\($0)`" }
                ?? "`\(task.id)`"
        }
        let more = tasks.count > shown ? " and \(tasks.count - shown) more" : ""
        return named.joined(separator: ", ") + more
    }

    private static func gaveUp(_ problem: Diagnostic) -> Diagnostic {
        Diagnostic(
            code: "export.no-room",
            summary: "EC2 took no export for \(Int(ExportPatience.boundSeconds / 3600)) hours",
            causes: [problem.summary] + problem.causes,
            hint: "see what works there: `aws ec2 describe-export-image-tasks`; "
                + "then run the same command again")
    }
}
