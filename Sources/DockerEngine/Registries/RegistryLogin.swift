package import Diagnostics
import JSON
import OrderedCollections

/// Finds what to show a registry: what the caller was given, else what `docker login` has left.
package struct RegistryLogin: Sendable {
    private let files: DockerFiles
    private let processes: any ProcessRunner
    private static let file = "config.json"

    /// Makes one; nothing is read before it is asked.
    package init(files: DockerFiles, processes: any ProcessRunner) {
        self.files = files
        self.processes = processes
    }

    /// The credentials for an image's registry.
    ///
    /// - Parameters:
    ///   - reference: the image.
    ///   - user: who pushes; nil to take whom the Docker configuration names.
    ///   - password: of that user.
    /// - Returns: `.anonymous` where nobody is named anywhere.
    /// - Throws: `docker.login` of severity `.configuration`, `docker.credential-helper`, and
    ///   `json.…` for a broken configuration file.
    package func credentials(
        for reference: ImageReference, user: String?, password: Secret?
    ) async throws -> RegistryCredentials {
        let server = Self.server(of: reference.registry)
        if let password, !password.isEmpty {
            guard let user, !user.isEmpty else {
                throw Diagnostic(
                    code: "docker.login", severity: .configuration,
                    summary: "`DOCKER_REGISTRY_PASSWORD` is set, and no user is named",
                    hint: "name the user in `/docker/registryUser` or with `--registry-user`, or "
                        + "unset the variable to use what `docker login` has left")
            }
            return RegistryCredentials(.password(user: user, password), server: server)
        }
        let found = try await filed(for: server)
        if let found, found.kind != .anonymous { return found }
        if let user, !user.isEmpty {
            throw Diagnostic(
                code: "docker.login", severity: .configuration,
                summary: "there is no password for `\(user)` at `\(reference.registry)`",
                hint: "put it into `DOCKER_REGISTRY_PASSWORD`, or run `docker login "
                    + "\(reference.registry)`")
        }
        return RegistryCredentials(.anonymous, server: server)
    }

    /// A registry as Docker files it: Docker Hub under the address that it once had.
    static func server(of registry: String) -> String {
        registry == ImageReference.hub ? "https://index.docker.io/v1/" : registry
    }

    /// What the environment, a helper or the file has; nil where that is nothing.
    ///
    /// Source: <https://github.com/docker/cli/blob/master/cli/config/configfile/file.go>,
    /// `GetCredentialsStore`
    private func filed(for server: String) async throws -> RegistryCredentials? {
        let variable = "`DOCKER_AUTH_CONFIG`"
        if let entry = try environmentLogins()?[server] {
            return try LoginEntry(entry).credentials(server: server, place: variable)
        }
        let configuration = try files.json(Self.file)
        let helper =
            (configuration?.goMember("credHelpers")?[server]
            ?? configuration?.goMember("credsStore"))?.stringValue ?? ""
        // Where there is a helper, what the file has of old does not count.
        if !helper.isEmpty {
            return try await CredentialStore(name: helper, processes: processes)
                .credentials(for: server)
        }
        return try Self.entry(for: server, in: configuration?.goMember("auths")).map {
            let place = files.folder.map { "`\($0)/\(Self.file)`" } ?? ""
            return try LoginEntry($0).credentials(server: server, place: place)
        }
    }

    private func environmentLogins() throws -> JSONValue? {
        guard let logins = files.logins else { return nil }
        // jansson's words for a broken text quote a piece of it.
        guard let value = try? JSONValue.parse(Array(logins.reveal().utf8), source: "logins") else {
            throw Diagnostic(
                code: "docker.login", severity: .configuration,
                summary: "`DOCKER_AUTH_CONFIG` is no JSON",
                hint: "write it as `{\"auths\": {\"REGISTRY\": {\"auth\": \"…\"}}}`, or unset it")
        }
        return value.goMember("auths")
    }

    /// The entry under the server's own name, else under an address with that host.
    private static func entry(for server: String, in entries: JSONValue?) -> JSONValue? {
        if let exact = entries?[server] { return exact }
        return entries?.objectValue?.first { host(of: $0.key) == server }?.value
    }

    /// The host and port of an address, which old entries are named by.
    private static func host(of address: String) -> String {
        let start = address.firstRange(of: "://")?.upperBound ?? address.startIndex
        let host = address[start...].prefix { $0 != "/" && $0 != "?" }
        guard start > address.startIndex, let sign = host.lastIndex(of: "@") else {
            return String(host)
        }
        return String(host[host.index(after: sign)...])
    }
}
