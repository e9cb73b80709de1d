package import Diagnostics
import Foundation

/// A virtual machine that runs.
package struct RunningMachine: Sendable {
    /// A loopback port of this machine by the guest's.
    package let ports: [Int: Int]
    private let consolePath: String
    private let time: any TimeSource

    private static let pollSeconds = 0.5
    /// Where a prompt is looked for; the kernel may write some lines behind it.
    private static let tailCharacters = 8192
    /// A guest that writes more than this to its console is out of its mind.
    private static let consoleLimitBytes = 16 * 1024 * 1024

    /// Describes a machine.
    package init(ports: [Int: Int], consolePath: String, time: any TimeSource) {
        self.ports = ports
        self.consolePath = consolePath
        self.time = time
    }

    /// Waits until the guest's console asks for a login.
    ///
    /// - Returns: how long that took, in seconds.
    /// - Throws: `qemu.no-login-prompt`, with the console's last lines.
    package func waitForLoginPrompt(deadlineSeconds: Double) async throws -> Double {
        let start = time.monotonicSeconds()
        while true {
            let text = try console()
            if ConsoleText.asksForLogin(String(text.suffix(Self.tailCharacters))) {
                return time.monotonicSeconds() - start
            }
            guard time.monotonicSeconds() - start < deadlineSeconds else {
                throw Diagnostic(
                    code: "qemu.no-login-prompt",
                    summary: "the disk shows no login prompt within "
                        + "\(Int(deadlineSeconds)) seconds",
                    causes: ConsoleText.lastLines(of: text),
                    hint: "look at what the console shows last: a kernel that does not find its "
                        + "disk lacks a driver in its initial RAM disk")
            }
            try await time.sleep(seconds: Self.pollSeconds)
        }
    }

    /// What the guest has written to its console so far; nothing before it wrote anything.
    package func console() throws -> String {
        do {
            let bytes = try FileContents.read(consolePath, limitBytes: Self.consoleLimitBytes)
            return String(decoding: bytes, as: UTF8.self)
        } catch let error as Diagnostic where error.code == "file.not-found" {
            return ""
        }
    }
}
