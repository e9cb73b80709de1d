import Foundation

/// Where the project's files are.
package enum ProjectPath {
    /// The folder of `Package.swift`, absolute.
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The folder of a target's tests, whatever room of it a file lies in.
    ///
    /// - Parameter file: one of them.
    package static func tests(of file: String) -> String {
        let parts = file.dropFirst("\(root)/Tests/".count).split(separator: "/")
        return "\(root)/Tests/\(parts[0])"
    }
}
