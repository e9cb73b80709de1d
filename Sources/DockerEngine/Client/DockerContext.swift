import Diagnostics
import Hashing
import JSON

/// A context of the Docker command line: a named engine.
///
/// Source: <https://docs.docker.com/engine/manage-resources/contexts/>
struct DockerContext: Sendable {
    let name: String
    private let files: DockerFiles

    /// The context in use; nil where it is Docker's own default.
    static func current(
        environment: [String: String], files: DockerFiles
    ) throws -> DockerContext? {
        let name =
            try environment.nonEmpty("DOCKER_CONTEXT")
            ?? files.json("config.json")?["currentContext"]?.stringValue
        guard let name, !name.isEmpty, name != "default" else { return nil }
        return DockerContext(name: name, files: files)
    }

    /// The engine that it names.
    func host() throws -> DockerHost {
        let key = Hexadecimal.text(SHA256.digest(of: Array(name.utf8)))
        let meta = try files.json("contexts/meta/\(key)/meta.json")
        guard let endpoint = meta?["Endpoints"]?["docker"], let host = endpoint["Host"]?.stringValue
        else { throw refusal("it is not there, or names no engine") }
        let tls = "contexts/tls/\(key)/docker"
        let certificates = CertificateFiles(
            authorityFile: try files.path("\(tls)/ca.pem"),
            clientFile: try files.path("\(tls)/cert.pem"),
            clientKeyFile: try files.path("\(tls)/key.pem"))
        if endpoint["SkipTLSVerify"] == .bool(true), !host.hasPrefix("unix://") {
            throw refusal("it turns the check of the engine's certificate off")
        }
        let hasFiles = certificates != CertificateFiles()
        return try DockerHost(
            host, certificates: hasFiles ? certificates : nil,
            origin: "the Docker context `\(name)`")
    }

    private func refusal(_ problem: String) -> Diagnostic {
        Diagnostic(
            code: "docker.context", severity: .configuration,
            summary: "the Docker context `\(name)` cannot be used: \(problem)",
            hint: "see `docker context ls`, choose one with `docker context use`, or name the "
                + "engine in `DOCKER_HOST`")
    }
}
