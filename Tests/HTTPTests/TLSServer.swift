import Foundation
import Testing

/// `openssl s_server` on loopback with a certificate that signs itself.
final class TLSServer: Sendable {
    let certificateFile: String
    let keyFile: String
    let url: String
    private let process: SendableProcess

    /// A process that is only ended.
    // SAFETY: after the start only `isRunning`, which is thread-safe, and `processIdentifier`,
    // which nothing changes, are used.
    private struct SendableProcess: @unchecked Sendable {
        let value: Process
    }

    /// Starts one, on a thread of its own: waiting for programs would hold up other tests.
    ///
    /// - Parameter asksForCertificate: whether a client must show one that the server's own signed.
    static func start(asksForCertificate: Bool = false) async throws -> TLSServer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try TLSServer(asksForCertificate: asksForCertificate) })
            }
        }
    }

    private init(asksForCertificate: Bool) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificateFile = folder.appendingPathComponent("certificate.pem").path
        keyFile = folder.appendingPathComponent("key.pem").path
        let key = keyFile
        let maker = try Self.openSSL([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", key, "-out", certificateFile, "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
        ])
        maker.waitUntilExit()
        try #require(maker.terminationStatus == 0)
        let output = Pipe()
        process = SendableProcess(
            value: try Self.openSSL(
                [
                    "s_server", "-accept", "127.0.0.1:0", "-cert", certificateFile, "-key", key,
                    "-www",
                ] + (asksForCertificate ? ["-Verify", "1", "-CAfile", certificateFile] : []),
                output: output))
        // It says `ACCEPT 127.0.0.1:<port>` once it listens; the pipe ends where it cannot.
        var said = ""
        while !said.contains("ACCEPT ") || !said.hasSuffix("\n") {
            let piece = output.fileHandleForReading.availableData
            try #require(!piece.isEmpty)
            said += String(decoding: piece, as: UTF8.self)
        }
        let accepting = try #require(said.split(separator: "ACCEPT ").last)
        url = "https://\(accepting.trimmingCharacters(in: .whitespacesAndNewlines))/"
    }

    deinit {
        // It inherits a thread's signal mask, in which SIGTERM may be blocked.
        if process.value.isRunning { kill(process.value.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(
            at: URL(fileURLWithPath: certificateFile).deletingLastPathComponent())
    }

    private static func openSSL(
        _ arguments: [String], output: Pipe? = nil
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
