import BuildGraph
import Diagnostics
import JSON

/// The claims of a developer's machine on images that `export-vm` made of it.
///
/// Its results list under `replaced` what they made before, and nothing retires there: an image
/// that was made into the release's is the release's to answer for, and to retire.
enum MachineClaims {
    /// Takes out of the machine's results the images that the release's name, or that are gone.
    ///
    /// - Parameter waitSeconds: how long to wait for a run that works with the machine.
    /// - Throws: `results.locked`; what reading and writing results throws; `aws.*`.
    static func handOver(
        from machine: any ResultStore, to release: any ResultStore, lock: LockInfo,
        waitSeconds: Double, region: String, services: Services
    ) async throws {
        try await machine.locked(by: lock, waitSeconds: waitSeconds, warn: { _ in }) {
            try await handOver(from: machine, to: release, region: region, services: services)
        }
    }

    private static func handOver(
        from machine: any ResultStore, to release: any ResultStore, region: String,
        services: Services
    ) async throws {
        guard let record = try await machine.load("ami")?.record else { return }
        let current = record.lastGood.flatMap(imageId)
        var ended = Set(
            (try await release.load("ami")?.record?.everyGood ?? []).compactMap(imageId))
        let images = EC2Images(aws: services.aws, region: region, time: services.time)
        for id in Set(record.everyGood.compactMap(imageId)).subtracting(ended) where id != current {
            if try await images.own(id) == nil { ended.insert(id) }
        }
        let rest = record.withoutHistory { run in
            imageId(run).map { $0 != current && ended.contains($0) } ?? false
        }
        if let rest { try await machine.save(rest) }
    }

    private static func imageId(_ run: RecordedRun) -> String? {
        run.outputs?["imageId"]?.stringValue
    }
}
