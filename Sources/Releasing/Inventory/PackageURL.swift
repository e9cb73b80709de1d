import Diagnostics

/// The address of a package, whatever its kind.
///
/// Source: <https://github.com/package-url/purl-spec/blob/main/PURL-SPECIFICATION.rst>
struct PackageURL: Sendable {
    /// Such as `deb`.
    let type: String
    var namespace: String?
    let name: String
    let version: String
    /// In any order, each name once.
    var qualifiers: [(name: String, value: String)] = []

    /// The canonical form.
    var text: String {
        let path = [namespace, name].compactMap { $0 }.map { Self.encoded($0) }
            .joined(separator: "/")
        let query = qualifiers.filter { !$0.value.isEmpty }.sorted { $0.name < $1.name }
            .map { "\($0.name)=\(Self.encoded($0.value, keepsSlash: true))" }.joined(separator: "&")
        let address = "pkg:\(type)/\(path)@\(Self.encoded(version))"
        return query.isEmpty ? address : "\(address)?\(query)"
    }

    /// A Python package's name as addresses have it: lower case, with dashes.
    static func pythonName(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" ? "-" : $0 })
    }

    private static func encoded(_ text: String, keepsSlash: Bool = false) -> String {
        PercentEncoding.encode(text, keepsSlash: keepsSlash, keepsColon: true)
    }
}
