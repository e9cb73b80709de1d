import Foundation

/// The program that was built with the tests.
package enum TestProgram {
    /// Its path; nil where it was not built.
    package static let path: String? = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0])
        let program = tests.deletingLastPathComponent().appendingPathComponent("dssbatch").path
        return FileManager.default.isExecutableFile(atPath: program) ? program : nil
    }()
}
