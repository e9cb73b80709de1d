import Ansible
import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

struct SSHReadinessTests {
    /// Time that passes only while somebody sleeps.
    private final class SleepingTime: TimeSource {
        private let sleeps = Mutex<[Double]>([])
        var all: [Double] { sleeps.withLock { $0 } }
        func now() -> Date { Date(timeIntervalSince1970: monotonicSeconds()) }
        func monotonicSeconds() -> Double { sleeps.withLock { $0.reduce(0, +) } }
        func sleep(seconds: Double) async throws {
            try Task.checkCancellation()
            sleeps.withLock { $0.append(seconds) }
        }
    }

    private let readiness = SSHReadiness(address: "192.0.2.1", port: 2222, deadlineSeconds: 60)
    private let refused = "ssh: connect to host 192.0.2.1 port 2222: Connection refused\r\n"

    @Test func `keys are given sorted once the server answers`() async throws {
        let scans = Mutex(0)
        let refused = refused
        let runner = ScriptedProcessRunner { command in
            if command.executable == "ssh" { return .init(status: 255, standardErrorTail: refused) }
            #expect(command.executable == "ssh-keyscan")
            let scan = scans.withLock { count in
                count += 1
                return count
            }
            // A slow machine gets more and more time to answer.
            #expect(
                command.arguments == ["-T", String(4 + scan), "-p", "2222", "--", "192.0.2.1"])
            if scan < 4 { return .init(status: 1) }
            return .init(lines: [
                "# 192.0.2.1:2222 SSH-2.0-OpenSSH_9.2", "[192.0.2.1]:2222 ssh-rsa B",
                "[192.0.2.1]:2222 ssh-ed25519 A",
            ])
        }
        let time = SleepingTime()
        let reasons = Mutex<[String]>([])
        let keys = try await readiness.wait(with: runner, time: time) { reason in
            reasons.withLock { $0.append(reason) }
        }
        #expect(keys == ["[192.0.2.1]:2222 ssh-ed25519 A", "[192.0.2.1]:2222 ssh-rsa B"])
        let expected = "ssh: connect to host 192.0.2.1 port 2222: Connection refused"
        #expect(reasons.withLock { $0 } == [expected, expected, expected])
        #expect(time.all.count == 3)
        for (pause, base) in zip(time.all, [0.5, 0.75, 1.125]) {
            #expect((base * 0.8...base * 1.2).contains(pause))
        }
    }

    @Test func `the deadline ends the wait with the last reason`() async throws {
        let refused = refused
        let runner = ScriptedProcessRunner { command in
            command.executable == "ssh"
                ? .init(status: 255, standardErrorTail: refused) : .init(status: 1)
        }
        let time = SleepingTime()
        let error = try await #require(throws: Diagnostic.self) {
            try await readiness.wait(with: runner, time: time)
        }
        #expect(error.code == "ssh.not-ready")
        #expect(error.hint?.contains("firewall lets ssh in from here") == true)
        #expect(error.causes == ["ssh: connect to host 192.0.2.1 port 2222: Connection refused"])
        #expect(time.monotonicSeconds() < 60)
        #expect(time.all.allSatisfy { $0 <= 6 })
    }

    @Test func `a port where nobody listens is really refused`() async throws {
        let reasons = Mutex<[String]>([])
        let waiting = Task {
            try await SSHReadiness(address: "127.0.0.1", port: 1, deadlineSeconds: 3600)
                .wait(with: SubprocessRunner()) { reason in reasons.withLock { $0.append(reason) } }
        }
        // The first attempts of a busy machine may take longer than they are given.
        #expect(
            try await eventually {
                reasons.withLock { $0.contains { $0.hasSuffix("Connection refused") } }
            })
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
