import Diagnostics

/// A file with a password in its first line.
enum PasswordFile {
    private static let limitBytes = 4096

    /// Reads the password.
    ///
    /// - Throws: `secrets.empty-file`, `file.not-found`, `file.unreadable`.
    static func password(in path: String) throws -> Secret {
        let bytes: [UInt8]
        do {
            bytes = try FileContents.read(path, limitBytes: limitBytes)
        } catch let problem as Diagnostic {
            throw Diagnostic(
                code: problem.code, severity: .configuration, summary: problem.summary,
                location: "--password-file", causes: problem.causes,
                hint: problem.hint ?? "name a file that you may read")
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty else {
            throw Diagnostic(
                code: "secrets.empty-file", severity: .configuration,
                summary: "the first line of `\(path)` is empty", location: "--password-file",
                hint: "write the password into the first line")
        }
        return Secret(String(decoding: line, as: UTF8.self))
    }
}
