package import Diagnostics
import HTTP

/// Where the Docker engine is, and how it is spoken to.
///
/// Source: <https://docs.docker.com/reference/cli/docker/#environment-variables>
package struct DockerHost: Sendable, Equatable {
    /// The way to the engine.
    package enum Address: Sendable, Equatable {
        /// A unix socket's path.
        case unixSocket(String)
        /// `http://` or `https://` with host, port and perhaps a path, without a slash at the end.
        case url(String)
    }

    /// The way to the engine.
    package let address: Address
    /// For `https://` alone.
    package let certificates: CertificateFiles?
    /// What named it, as errors say it.
    package let origin: String

    /// Makes one.
    package init(address: Address, certificates: CertificateFiles? = nil, origin: String) {
        self.address = address
        self.certificates = certificates
        self.origin = origin
    }

    /// The engine as `DOCKER_HOST` would name it.
    package var text: String {
        switch address {
        case .unixSocket(let path): "unix://\(path)"
        case .url(let url): url
        }
    }

    /// Finds the engine: `DOCKER_HOST`, else the current context, else the usual socket.
    ///
    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - files: Docker's configuration folder.
    ///   - isThere: whether a path exists.
    /// - Throws: `docker.host`, `docker.context` and `json.…`, of severity `.configuration`.
    package static func find(
        environment: [String: String], files: DockerFiles,
        isThere: (String) -> Bool
    ) throws -> DockerHost {
        if let text = environment.nonEmpty("DOCKER_HOST") {
            return try named(text, environment, files)
        }
        if let context = try DockerContext.current(environment: environment, files: files) {
            return try context.host()
        }
        let usual = "/var/run/docker.sock"
        if !isThere(usual), let folder = environment.nonEmpty("XDG_RUNTIME_DIR"),
            isThere("\(folder)/docker.sock")
        {
            return DockerHost(
                address: .unixSocket("\(folder)/docker.sock"), origin: "rootless Docker's socket")
        }
        return DockerHost(address: .unixSocket(usual), origin: "Docker's usual socket")
    }

    /// The request of a call.
    ///
    /// - Parameter version: nil for a path without one.
    func request(_ call: ServerCall, version: APIVersion?) -> HTTPRequest {
        var root = "http://docker"
        if case .url(let url) = address { root = url }
        var request = call.request(below: root + (version.map { "/v\($0)" } ?? ""))
        if case .unixSocket(let path) = address { request.unixSocketPath = path }
        request.certificates = certificates
        return request
    }

    private static func named(
        _ text: String, _ environment: [String: String], _ files: DockerFiles
    ) throws -> DockerHost {
        let isVerified = environment.nonEmpty("DOCKER_TLS_VERIFY") != nil
        let folder = environment.nonEmpty("DOCKER_CERT_PATH")
        var certificates: CertificateFiles?
        // As Docker does: certificates without `DOCKER_TLS_VERIFY` do not make `tcp://` secure.
        if isVerified || (text.hasPrefix("https://") && folder != nil) {
            guard let folder = folder ?? files.folder else {
                throw Diagnostic(
                    code: "docker.host", severity: .configuration,
                    summary: "`DOCKER_TLS_VERIFY` is set, and no folder of certificates is named",
                    hint: "name the folder of `ca.pem`, `cert.pem` and `key.pem` in "
                        + "`DOCKER_CERT_PATH`")
            }
            certificates = CertificateFiles(
                authorityFile: "\(folder)/ca.pem", clientFile: "\(folder)/cert.pem",
                clientKeyFile: "\(folder)/key.pem")
        }
        return try DockerHost(text, certificates: certificates, origin: "`DOCKER_HOST`")
    }
}
