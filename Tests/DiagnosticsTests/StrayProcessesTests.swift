import Diagnostics
import Foundation
import Testing

struct StrayProcessesTests {
    private func start(_ mark: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["600"]
        process.environment = ["DSS_PROCESS_TREE": mark]
        try process.run()
        return process
    }

    /// The mark of a program that this very process starts.
    private func ownMark() async throws -> String {
        let lines = Lines()
        _ = try await SubprocessRunner().run(
            ProcessCommand(
                executable: "/bin/sh", arguments: ["-c", "echo \"$DSS_PROCESS_TREE\""],
                timeoutSeconds: 600)
        ) { await lines.add($0) }
        return try #require(await lines.all.first)
    }

    private actor Lines {
        var all: [String] = []
        func add(_ line: String) { all.append(line) }
    }

    @Test func `only what a process left that has ended is ended`() async throws {
        let own = try await ownMark()
        let parts = own.split(separator: ".")[0].split(separator: "-").map(String.init)
        try #require(parts.count == 3)
        // The same id, started at another time, is another process; so is one of a container.
        let lives = [own, "\(parts[0])1-\(parts[1])-1.x", "not-a-mark", "", "x.\(own)"]
        let ended = ["\(parts[0])-\(parts[1])-1.x"]
        let living = try lives.map(start)
        let stray = try ended.map(start)
        // What a test before this one made of SIGTERM, they may have inherited.
        defer { for process in living { kill(process.processIdentifier, SIGKILL) } }
        // A stray of another test may be among them.
        #expect(try await StrayProcesses.end() >= stray.count)
        for process in stray {
            process.waitUntilExit()
            #expect(process.terminationStatus == SIGKILL)
        }
        #expect(living.allSatisfy { $0.isRunning })
    }

    @Test func `what leaves servers bears no mark`() async throws {
        let lines = Lines()
        _ = try await SubprocessRunner().run(
            ProcessCommand(
                executable: "/bin/sh", arguments: ["-c", "echo \"${DSS_PROCESS_TREE-none}\""],
                timeoutSeconds: 600, leavesServers: true)
        ) { await lines.add($0) }
        #expect(await lines.all == ["none"])
    }
}
