import Foundation
import Testing

/// The files of this repository, as git lists them, new ones among them.
struct Repository: Sendable {
    /// Read once for all tests.
    static let shared = Result { try Repository() }

    let root: String
    /// Relative to the root, sorted.
    let paths: [String]
    private let swiftFiles: [(path: String, text: SwiftText)]

    /// Finds the repository around this file.
    private init() throws {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while !FileManager.default.fileExists(
            atPath: folder.appendingPathComponent("Package.swift").path)
        {
            try #require(folder.path != "/", "no `Package.swift` above \(#filePath)")
            folder.deleteLastPathComponent()
        }
        root = folder.path
        paths = try Self.list(root)
        swiftFiles = paths.filter { $0.hasSuffix(".swift") }.compactMap { [root] path in
            Self.text(of: path, in: root).map { (path, SwiftText($0)) }
        }
    }

    /// The Swift files below a folder, taken apart.
    func swiftFiles(below folder: String) -> [(path: String, text: SwiftText)] {
        swiftFiles.filter { $0.path.hasPrefix(folder + "/") }
    }

    /// A file's text; nil where it is no text.
    func text(of path: String) -> String? { Self.text(of: path, in: root) }

    private static func text(of path: String, in root: String) -> String? {
        guard let data = FileManager.default.contents(atPath: root + "/" + path),
            !data.prefix(8000).contains(0)
        else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    private static func list(_ root: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "`git ls-files` failed in \(root)")
        let paths = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return Set(paths).filter { FileManager.default.fileExists(atPath: root + "/" + $0) }
            .sorted()
    }
}
