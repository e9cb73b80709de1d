import Foundation
import HTTP
import Synchronization
import Testing

extension CurlTransport {
    /// A transport that takes nothing from this machine's environment.
    static func forTests(environment: [String: String] = [:]) -> CurlTransport {
        CurlTransport(Configuration(version: "1.2.3", environment: environment))
    }

    /// Sends a plain `GET`.
    func get(_ url: String, limitBytes: Int = 1 << 20) async throws -> HTTPResponse {
        try await send(HTTPRequest(method: "GET", url: url), limitBytes: limitBytes)
    }
}

/// The failure of a transfer that must not succeed.
func failure(
    of transfer: () async throws -> HTTPResponse,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> HTTPFailure {
    try await #require(throws: HTTPFailure.self, sourceLocation: sourceLocation) {
        _ = try await transfer()
    }
}

/// How long something took.
func seconds(_ work: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await work()
    return start.duration(to: .now) / .seconds(1)
}

/// Holds a server's thread up until the test lets it go on, for ten minutes at most.
final class Gate: Sendable {
    private let isOpen = Mutex(false)

    func open() { isOpen.withLock { $0 = true } }

    func wait() {
        for _ in 0..<120_000 where !isOpen.withLock({ $0 }) {
            Thread.sleep(forTimeInterval: 0.005)
        }
    }
}

/// A file in a new temporary folder, gone with the value.
final class TemporaryFile: Sendable {
    let path: String
    private let folder: URL

    init(_ bytes: [UInt8]) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("http-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("file")
        try Data(bytes).write(to: file)
        path = file.path
    }

    func truncate(to sizeBytes: UInt64) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.truncate(atOffset: sizeBytes)
        try handle.close()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}

/// An answer with a length.
func answer(_ body: String = "", status: String = "200 OK", headers: [String] = []) -> String {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}
