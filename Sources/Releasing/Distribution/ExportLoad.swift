import AWS
import Diagnostics

/// The exports of a batch in one region, and what else uses up the region's limit.
package struct ExportLoad: Sendable, Equatable {
    let region: String
    /// The releases of the batch that export there.
    let releases: Int
    /// The export tasks that run there already, whoever started them.
    let active: Int

    /// How many builds export there at once: a build makes its releases, and the formats of an
    /// image, one after the other.
    func builds(of batch: Int) -> Int { min(batch, releases) }

    /// How many times as long an export may take where so many builds run side by side.
    ///
    /// Those that EC2 has no room for wait for the others; where others' exports leave no room,
    /// one of them ends.
    func rounds(of batch: Int) -> Int {
        let room = max(1, ExportQueue.regionLimit - active)
        return max(1, (builds(of: batch) + room - 1) / room)
    }

    /// What to know of exports that wait; nil where none has to.
    func note(of batch: Int) -> String? {
        let wanted = builds(of: batch)
        guard wanted > 0, wanted + active > ExportQueue.regionLimit else { return nil }
        let others = active == 0 ? "" : " beside \(active) that run there already"
        let times = rounds(of: batch)
        return "\(wanted) \(wanted == 1 ? "build" : "builds") may export at once in `\(region)`"
            + others + ", and EC2 takes \(ExportQueue.regionLimit) exports in a region: they wait "
            + "for each other" + (times > 1 ? ", and get \(times) times as long" : "")
            + "; AWS raises the limit to 20 when asked"
    }

    /// The export tasks that run in a region, whoever started them.
    ///
    /// - Parameter warn: told where they may not be asked for; then none is reckoned with.
    static func active(
        region: String, services: Services, warn: (String) -> Void
    ) async throws -> Int {
        do {
            let tasks = try await services.aws.all(DescribeExportImageTasks(), region: region)
            return tasks.count { $0.status == "active" }
        } catch let problem as Diagnostic where problem.isDenial {
            warn(
                "not allowed to ask how many exports run in `\(region)` "
                    + "(`ec2:DescribeExportImageTasks`)")
            return 0
        }
    }
}
