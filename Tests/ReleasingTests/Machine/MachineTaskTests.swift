import BuildGraph
import Testing

@testable import Releasing

@Suite struct MachineTaskTests {
    private struct NoHold: MachineHold {
        func ready(_ machine: ReadyMachine) async {}
        func untilReleased() async {}
    }

    private let timeline = Timeline()
    private let bench: PlaceBench

    init() { bench = PlaceBench(timeline) }

    /// The stages of a machine that is set up.
    private func stages(lasts: Bool, isThere: Bool) -> [PlainStage] {
        var source = PlainStage("source-ami", timeline) { ["imageId": "ami-1"] }
        source.isLookup = true
        var machine = PlainStage(lasts ? "machine" : "instance", needs: ["source-ami"], timeline)
        machine.lifetime = lasts ? .durable : .ephemeral
        machine.existence = isThere ? .exists : .missing("instance i-1")
        var hold = PlainStage("hold", needs: [machine.name], timeline)
        hold.lifetime = .ephemeral
        return [source, machine, hold]
    }

    private func setUp(lasts: Bool, isThere: Bool = true) async throws -> [String] {
        let before = timeline.all.count
        let task = MachineTask.setUp(
            installs: false, lasts: lasts, existingKey: nil, hold: NoHold())
        let summary = try await task.run(
            at: bench.place(stages(lasts: lasts, isThere: isThere)), RunOptions())
        #expect(summary.status == .succeeded)
        return timeline.all.dropFirst(before).filter { $0.hasPrefix("run ") }
    }

    @Test func `a machine is started of the newest base image, every time`() async throws {
        for _ in 1...2 {
            #expect(
                try await setUp(lasts: false) == ["run source-ami", "run instance", "run hold"])
        }
    }

    @Test func `a machine that lasts is started once, and again where it is gone`() async throws {
        let all = ["run source-ami", "run machine", "run hold"]
        #expect(try await setUp(lasts: true) == all)
        #expect(try await setUp(lasts: true) == ["run hold"])
        #expect(try await setUp(lasts: true, isThere: false) == all)
    }

    @Test func `what is done to a given machine is done again`() async throws {
        var install = PlainStage("install", timeline)
        install.lifetime = .ephemeral
        let task = MachineTask.install(hostName: "192.0.2.1", privateKeyPath: "/key")
        for _ in 1...2 {
            _ = try await task.run(at: bench.place([install]), RunOptions())
        }
        #expect(timeline.all == ["run install", "run install"])
    }
}
