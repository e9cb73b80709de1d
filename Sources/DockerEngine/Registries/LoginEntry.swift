import Diagnostics
import FoundationEssentials
import JSON
import OrderedCollections

/// One login of Docker's configuration file, in any of the forms that Docker reads.
///
/// Source: <https://github.com/docker/cli/blob/master/cli/config/configfile/file.go>, `decodeAuth`;
/// <https://github.com/docker/cli/blob/master/cli/config/types/authconfig.go>
struct LoginEntry {
    private let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    /// What it shows the registry; `.anonymous` where it holds nothing.
    ///
    /// The engine looks at the tokens first.
    ///
    /// - Throws: `docker.login`, which shows nothing of it.
    func credentials(server: String, place: String) throws -> RegistryCredentials {
        func text(_ name: String) -> String? {
            json.goMember(name)?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }
        let pair = try text("auth").map { encoded in
            // Docker refuses it whatever stands beside it.
            guard let pair = Self.decoded(encoded) else {
                throw Diagnostic(
                    code: "docker.login", severity: .configuration,
                    summary: "the login for `\(server)` in \(place) is unreadable",
                    hint: "run `docker login` for it again")
            }
            return pair
        }
        let kind: RegistryCredentials.Kind
        if let token = text("registrytoken") {
            kind = .registryToken(Secret(token))
        } else if let token = text("identitytoken") {
            kind = .identityToken(Secret(token))
        } else if let pair {
            kind = .password(user: pair.user, Secret(pair.password))
        } else if let user = text("username") {
            kind = .password(user: user, Secret(text("password") ?? ""))
        } else {
            kind = .anonymous
        }
        return RegistryCredentials(kind, server: server)
    }

    /// User and password out of base64, which may be wrapped; nil where it holds none.
    private static func decoded(_ encoded: String) -> (user: String, password: String)? {
        let line = String(encoded.unicodeScalars.filter { $0 != "\r" && $0 != "\n" })
        guard let bytes = Data(base64Encoded: line),
            let text = String(bytes: bytes, encoding: .utf8),
            let colon = text.firstIndex(of: ":"), colon != text.startIndex
        else { return nil }
        var password = text[text.index(after: colon)...]
        while password.hasPrefix("\0") { password.removeFirst() }
        while password.hasSuffix("\0") { password.removeLast() }
        return (String(text[..<colon]), String(password))
    }
}

extension JSONValue {
    /// A field as Go reads it: under its own name, else under one that differs in case alone.
    ///
    /// Source: <https://pkg.go.dev/encoding/json#Unmarshal>
    func goMember(_ name: String) -> JSONValue? {
        if let exact = self[name] { return exact }
        let folded = name.lowercased()
        return objectValue?.first { $0.key.lowercased() == folded }?.value
    }
}
