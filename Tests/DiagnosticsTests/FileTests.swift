import Foundation
import Testing

@testable import Diagnostics

struct FileTests {
    /// A folder of the test's own, removed afterwards.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "dss-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func `an atomic file replaces the old one and leaves nothing beside it`() throws {
        try withFolder { folder in
            let path = folder + "/a.json"
            try AtomicFile.write(Array("old".utf8), to: path)
            try AtomicFile.write(Array("new".utf8), to: path, permissions: 0o600)
            #expect(try FileContents.read(path) == Array("new".utf8))
            #expect(try names(folder) == ["a.json"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    @Test func `a file that cannot be put in place leaves nothing beside it`() throws {
        try withFolder { folder in
            let path = folder + "/taken"
            try FileManager.default.createDirectory(
                atPath: path + "/inner", withIntermediateDirectories: true)
            let error = try #require(throws: Diagnostic.self) {
                try AtomicFile.write([1], to: path)
            }
            #expect(error.code == "file.unwritable")
            #expect(error.hint != nil)
            #expect(try names(folder) == ["taken"])
            let missing = try #require(throws: Diagnostic.self) {
                try AtomicFile.write([1], to: folder + "/no/file")
            }
            #expect(missing.causes == ["no such file or directory"])
        }
    }

    @Test func `a full disk is told from one that may not be written`() throws {
        // The one place on every Linux where each write finds the disk full.
        let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let error = try #require(throws: Diagnostic.self) {
            try AtomicFile.writeAll([1], to: descriptor, path: "/dev/full")
        }
        #expect(error.code == "file.disk-full")
    }

    @Test func `reading has a limit and names what cannot be read`() throws {
        try withFolder { folder in
            let path = folder + "/big"
            let bytes = [UInt8](repeating: 7, count: 200_000)
            try AtomicFile.write(bytes, to: path)
            #expect(try FileContents.read(path, limitBytes: 200_000) == bytes)
            let codes = [
                (path, "file.too-big"), (folder, "file.unreadable"),
                (folder + "/no", "file.not-found"),
            ]
            for (path, code) in codes {
                let error = try #require(throws: Diagnostic.self) {
                    try FileContents.read(path, limitBytes: 199_999)
                }
                #expect(error.code == code)
                #expect(error.severity == .configuration)
            }
        }
    }

    @Test func `a file without a size is read to its end`() throws {
        #expect(try FileContents.read("/proc/self/status").count > 100)
    }

    @Test func `appended lines survive and a torn one is ended`() throws {
        try withFolder { folder in
            let path = folder + "/journal"
            try AppendOnlyFile(path).append(Array("one".utf8))
            try AtomicFile.write(Array("one\ntor".utf8), to: path)
            let file = try AppendOnlyFile(path)
            try file.append(Array("two".utf8))
            try file.append(Array("three".utf8))
            #expect(try FileContents.read(path) == Array("one\ntor\ntwo\nthree\n".utf8))
        }
    }
}
