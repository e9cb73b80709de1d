import Diagnostics

/// The parts of an absolute URL that a signature covers.
struct SignedURL {
    /// With the port where it is not the scheme's own, as the transport writes it.
    let host: String
    let path: String
    let query: String
    let beforeQuery: String

    init(_ url: String) throws {
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw Diagnostic(
                code: "aws.request", severity: .configuration,
                summary: "`\(url.prefix { $0 != "?" })` is not an absolute URL",
                hint: "write endpoints as `https://host` or `http://host:port`")
        }
        let pieces = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let slash = pieces[0].firstIndex(of: "/") ?? pieces[0].endIndex
        let authority = pieces[0][..<slash]
        let ownPort = parts[0].lowercased() == "https" ? ":443" : ":80"
        host = String(authority.hasSuffix(ownPort) ? authority.dropLast(ownPort.count) : authority)
        path = slash == pieces[0].endIndex ? "/" : String(pieces[0][slash...])
        query = pieces.count > 1 ? String(pieces[1]) : ""
        beforeQuery = "\(parts[0])://\(pieces[0])"
    }
}

/// Headers in canonical form.
struct CanonicalHeaders {
    /// What proxies and transports change on the way, and so cannot be signed.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "transfer-encoding", "user-agent",
        "x-amzn-trace-id",
    ]

    /// `name:value` lines, each with its line feed.
    let lines: String
    /// `name;name`, sorted.
    let names: String

    init(_ headers: [(name: String, value: String)]) {
        var values: [String: [String]] = [:]
        for header in headers {
            let name = header.name.lowercased()
            guard !Self.unsigned.contains(name) else { continue }
            let words = header.value.split { $0 == " " || $0 == "\t" }
            values[name, default: []].append(words.joined(separator: " "))
        }
        let sorted = values.keys.sorted()
        lines = sorted.map { "\($0):\((values[$0] ?? []).joined(separator: ","))\n" }.joined()
        names = sorted.joined(separator: ";")
    }
}

extension SigV4 {
    /// S3 signs the path as it is sent; the others normalise it and encode it once more.
    static func canonicalPath(_ path: String, service: String) -> String {
        if service == "s3" { return path }
        return PercentEncoding.encode(normalized(path), keepsSlash: true)
    }

    /// Sorts encoded names, then values, by their bytes; a bare name gets its `=`.
    static func canonicalQuery(_ query: String) -> String {
        if query.isEmpty { return "" }
        let pairs = query.split(separator: "&", omittingEmptySubsequences: false).map { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
        }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    private static func normalized(_ path: String) -> String {
        var kept: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
        }
        let body = "/" + kept.joined(separator: "/")
        return path.hasSuffix("/") && body != "/" ? body + "/" : body
    }
}
