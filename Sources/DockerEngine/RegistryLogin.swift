package import Diagnostics
import FoundationEssentials
import Glibc
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
        let configuration = try files.json(Self.file) ?? [:]
        let own =
            configuration["credHelpers"]?[server]
            ?? configuration["credHelpers"]?[
                reference.registry]
        if let helper = (own ?? configuration["credsStore"])?.stringValue, !helper.isEmpty,
            let found = try await CredentialStore(name: helper, processes: processes)
                .credentials(for: server)
        {
            return found
        }
        if let entry = Self.entry(for: server, in: configuration["auths"]) {
            return try read(entry, server: server)
        }
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

    /// The entry under the server's own name, else under an address with the same host.
    private static func entry(for server: String, in entries: JSONValue?) -> JSONValue? {
        if let exact = entries?[server] { return exact }
        return entries?.objectValue?.first { host(of: $0.key) == host(of: server) }?.value
    }

    private static func host(of address: String) -> String {
        let start = address.firstRange(of: "://")?.upperBound ?? address.startIndex
        return String(address[start...].prefix { $0 != "/" })
    }

    private func read(_ entry: JSONValue, server: String) throws -> RegistryCredentials {
        if let token = entry["identitytoken"]?.stringValue, !token.isEmpty {
            return RegistryCredentials(.identityToken(Secret(token)), server: server)
        }
        guard let encoded = entry["auth"]?.stringValue, !encoded.isEmpty else {
            return RegistryCredentials(.anonymous, server: server)
        }
        guard let bytes = Data(base64Encoded: encoded),
            let text = String(bytes: bytes, encoding: .utf8),
            let colon = text.firstIndex(of: ":"), colon != text.startIndex
        else {
            throw Diagnostic(
                code: "docker.login", severity: .configuration,
                summary: "the login for `\(server)` in the Docker configuration is unreadable",
                location: files.folder.map { "\($0)/\(Self.file)" },
                hint: "run `docker login` for it again")
        }
        let password = text[text.index(after: colon)...].prefix { $0 != "\0" }
        return RegistryCredentials(
            .password(user: String(text[..<colon]), Secret(String(password))), server: server)
    }
}
