import Diagnostics

extension DockerHost {
    /// Reads an address in Docker's notation.
    ///
    /// - Parameters:
    ///   - text: such as `unix:///run/docker.sock` or `tcp://10.0.0.1:2376`.
    ///   - certificates: where they are given, `tcp://` means `https://`.
    ///   - origin: what named it.
    /// - Throws: `docker.host` of severity `.configuration`.
    init(_ text: String, certificates: CertificateFiles?, origin: String) throws {
        guard let mark = text.firstRange(of: "://") else {
            throw Self.refusal("`\(text)` has no scheme", origin)
        }
        let rest = String(text[mark.upperBound...])
        switch text[..<mark.lowerBound] {
        case "unix":
            guard rest.hasPrefix("/"), rest.utf8.count <= 107 else {
                throw Self.refusal("`\(rest)` is no absolute path of at most 107 bytes", origin)
            }
            self.init(address: .unixSocket(rest), origin: origin)
        case "tcp":
            let isSecure = certificates != nil
            let port = isSecure ? 2376 : 2375
            let place = try Self.place(rest, defaultPort: port, origin)
            self.init(
                address: .url((isSecure ? "https://" : "http://") + place),
                certificates: certificates, origin: origin)
        case "http":
            guard certificates == nil else {
                throw Self.refusal("`http://` and `DOCKER_TLS_VERIFY` contradict", origin)
            }
            self.init(
                address: .url("http://" + (try Self.place(rest, defaultPort: nil, origin))),
                origin: origin)
        case "https":
            self.init(
                address: .url("https://" + (try Self.place(rest, defaultPort: nil, origin))),
                certificates: certificates, origin: origin)
        case "ssh":
            throw Self.refusal(
                "an engine over ssh is not supported", origin,
                hint: "forward its socket with `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock"
                    + " HOST`, and name it: `DOCKER_HOST=unix:///tmp/docker.sock`")
        case "npipe":
            throw Self.refusal(
                "a Windows pipe is not supported", origin,
                hint: "run in WSL 2, where the engine's socket is `/var/run/docker.sock`")
        case let other: throw Self.refusal("the scheme `\(other)` is not known", origin)
        }
    }

    /// Host, port and path, checked.
    private static func place(
        _ text: String, defaultPort: Int?, _ origin: String
    ) throws -> String {
        var authority = String(text.prefix { $0 != "/" })
        var path = String(text.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        let isSound = text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        guard isSound, !text.contains(where: { "@?#".contains($0) }) else {
            throw refusal("it holds more than host, port and path", origin)
        }
        let isBracketed = authority.hasPrefix("[")
        let tail = isBracketed ? authority.drop { $0 != "]" }.dropFirst() : authority[...]
        let parts = tail.split(separator: ":", omittingEmptySubsequences: false)
        let host = isBracketed ? authority.dropLast(tail.count) : parts.first ?? ""
        let port = parts.count == 2 ? UInt16(parts[1]) : nil
        guard parts.count <= 2, parts.count < 2 || port != nil, !host.isEmpty || defaultPort != nil
        else { throw refusal("`\(authority)` is no host with a port", origin) }
        if host.isEmpty { authority = "127.0.0.1" + authority }
        if port == nil, let defaultPort { authority += ":\(defaultPort)" }
        return authority + path
    }

    private static func refusal(
        _ problem: String, _ origin: String, hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(
            code: "docker.host", severity: .configuration,
            summary: "the Docker engine that \(origin) names cannot be used: \(problem)",
            hint: hint
                ?? "write it as `unix:///PATH`, `tcp://HOST:PORT`, `http://…` or `https://…`")
    }
}
