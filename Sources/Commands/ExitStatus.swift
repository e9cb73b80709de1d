import Diagnostics

/// The exit statuses of the contract.
enum ExitStatus {
    static let fresh: Int32 = 0
    static let failed: Int32 = 1
    static let configuration: Int32 = 2
    static let stale: Int32 = 10
    static let locked: Int32 = 75
    static let hungUp: Int32 = 129
    static let interrupted: Int32 = 130
    static let terminated: Int32 = 143

    /// The status that an error ends the program with.
    static func of(_ problem: Diagnostic) -> Int32 {
        switch problem.severity {
        case .configuration: configuration
        case .failure: failed
        case .locked: locked
        case .interrupted: interrupted
        }
    }
}

/// Thrown by a command that has said what there is to say.
struct Exit: Error {
    let status: Int32
}
