import TestSupport
import Testing

@testable import QEMU

@Suite struct MachineMonitorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `the state and what the disks moved are read, events aside`() async throws {
        let monitor = try FakeMonitor(folder: folder.path, runState: "running")
        defer { monitor.stop() }
        let state = await MachineMonitor(folder: folder.path).state()
        #expect(state == MachineState(runState: "running", diskBytes: 43))
    }

    @Test func `where nobody listens, and where it answers errors, there is no state`() async throws
    {
        #expect(await MachineMonitor(folder: folder.path).state() == nil)
        let monitor = try FakeMonitor(folder: folder.path, answers: ["qmp_capabilities": "{}"])
        defer { monitor.stop() }
        #expect(await MachineMonitor(folder: folder.path).state() == nil)
    }

    @Test func `without the disks' counts the state is known all the same`() async throws {
        let monitor = try FakeMonitor(
            folder: folder.path,
            answers: ["qmp_capabilities": "{}", "query-status": #"{"status": "running"}"#])
        defer { monitor.stop() }
        let state = await MachineMonitor(folder: folder.path).state()
        #expect(state == MachineState(runState: "running", diskBytes: 0))
    }

    @Test(arguments: [
        ("running", false), ("prelaunch", false), ("inmigrate", false), ("shutdown", false),
        ("internal-error", true), ("guest-panicked", true), ("io-error", true), ("paused", true),
    ])
    func `a guest that stands still for good is told from one that starts or ends`(
        runState: String, hasStopped: Bool
    ) {
        #expect(MachineState(runState: runState, diskBytes: 0).hasStopped == hasStopped)
    }
}
