import Diagnostics
import JSON

/// Docker's client configuration folder: `config.json` and the contexts.
///
/// Read through a closure, so that tests need no folder.
/// Source: <https://docs.docker.com/reference/cli/docker/#configuration-files>
package struct DockerFiles: Sendable {
    /// The folder; nil where neither `DOCKER_CONFIG`, nor `HOME`, nor the system says one.
    package let folder: String?
    /// Logins that go before those of the files, as JSON; nil where there are none.
    let logins: Secret?
    private let read: @Sendable (String) throws -> [UInt8]?

    /// Finds the folder.
    ///
    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - read: a file's bytes; nil where there is no such file.
    package init(
        environment: [String: String], read: @escaping @Sendable (String) throws -> [UInt8]?
    ) {
        folder =
            environment.nonEmpty("DOCKER_CONFIG")
            ?? UserHome.folder(environment).map { "\($0)/.docker" }
        logins = environment.nonEmpty("DOCKER_AUTH_CONFIG").map { Secret($0) }
        self.read = read
    }

    /// The folder of this machine's own files.
    package init(environment: [String: String]) {
        self.init(environment: environment) { path in
            do {
                return try FileContents.read(path, limitBytes: 1 << 20)
            } catch let problem as Diagnostic where problem.code == "file.not-found" {
                return nil
            }
        }
    }

    /// One file of the folder as JSON; nil where it is not there, or empty.
    ///
    /// - Throws: `json.…` with the file's place.
    func json(_ name: String) throws -> JSONValue? {
        guard let folder, let bytes = try read("\(folder)/\(name)"),
            bytes.contains(where: { ![0x09, 0x0a, 0x0d, 0x20].contains($0) })
        else { return nil }
        return try JSONValue.parse(bytes, source: "\(folder)/\(name)")
    }

    /// The path of one of the folder's files where it is there.
    func path(_ name: String) throws -> String? {
        guard let folder, try read("\(folder)/\(name)") != nil else { return nil }
        return "\(folder)/\(name)"
    }
}

extension [String: String] {
    /// A variable that is set to something.
    func nonEmpty(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}
