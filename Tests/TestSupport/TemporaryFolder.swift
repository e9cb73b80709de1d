import Foundation

/// A folder that is removed with the test.
package final class TemporaryFolder: Sendable {
    /// Absolute, without a slash at the end; short, because sockets within have short paths.
    package let path: String

    /// Makes an empty one, for its owner only.
    package init() throws {
        let name = "dss-test-\(UUID().uuidString.prefix(8))"
        path = "\(FileManager.default.temporaryDirectory.path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    // The system clears its temporary folder where this cannot.
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, and makes the folders that it lies in.
    ///
    /// - Returns: its path.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        let folder = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Removes a file or a folder.
    package func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    /// What is below a folder, sorted.
    package func names(_ folder: String = "") -> [String] {
        let found = try? FileManager.default.subpathsOfDirectory(atPath: "\(path)/\(folder)")
        return (found ?? []).sorted()
    }
}
