import TestSupport

@testable import QEMU

/// The monitor of a machine that there is not.
final class FakeMonitor: Sendable {
    private let server: LoopbackServer

    /// Listens where `qemu` would.
    ///
    /// - Parameter answers: by command; what has none is an error.
    init(folder: String, answers: [String: String]) throws {
        server = try LoopbackServer(socketPath: "\(folder)/\(MachineFiles.monitorName)") {
            connection in
            try connection.send(#"{"QMP": {"version": {}, "capabilities": ["oob"]}}"# + "\r\n")
            var text = ""
            while case let piece = try connection.receive(limit: 4096), !piece.isEmpty {
                text += String(decoding: piece, as: UTF8.self)
                while let end = text.firstIndex(of: "\n") {
                    let line = text[..<end]
                    text = String(text[text.index(after: end)...])
                    let answer = answers.first { line.contains("\"\($0.key)\"") }?.value
                    try connection.send(#"{"event": "RESUME", "data": {}}"# + "\r\n")
                    try connection.send(
                        answer.map { "{\"return\": \($0)}\r\n" }
                            ?? #"{"error": {"class": "CommandNotFound"}}"# + "\r\n")
                }
            }
        }
    }

    /// One whose guest is in a state.
    convenience init(folder: String, runState: String) throws {
        try self.init(
            folder: folder,
            answers: [
                "qmp_capabilities": "{}",
                "query-status": "{\"status\": \"\(runState)\", \"running\": false}",
                "query-blockstats":
                    #"[{"stats": {"rd_bytes": 40, "wr_bytes": 2}}, {"stats": {"rd_bytes": 1}}]"#,
            ])
    }

    func stop() { server.stop() }
}
