/// Who may import whom among the package's own modules.
enum ImportRules {
    /// Each folder of `Sources` with what it may import of the others; as in `Package.swift`.
    static let allowed: [String: Set<String>] = [
        "CCrypto": [],
        "CCurl": [],
        "CExpat": [],
        "CJansson": [],
        "Hashing": ["CCrypto"],
        "Diagnostics": [],
        "JSON": ["CJansson", "Diagnostics"],
        "HTTP": ["CCurl", "Diagnostics", "JSON"],
        "BuildGraph": ["Diagnostics", "Hashing", "JSON"],
        "AWS": ["CExpat", "Diagnostics", "Hashing", "JSON", "HTTP"],
        "GitHub": ["Diagnostics", "JSON", "HTTP"],
        "Ansible": ["Diagnostics", "JSON"],
        "DockerEngine": ["Diagnostics", "Hashing", "JSON", "HTTP"],
        "QEMU": ["Diagnostics", "JSON"],
        "Releasing": [
            "Diagnostics", "Hashing", "JSON", "BuildGraph", "AWS", "GitHub", "Ansible",
            "DockerEngine", "QEMU",
        ],
        "Commands": [
            "Diagnostics", "JSON", "HTTP", "BuildGraph", "AWS", "GitHub", "Ansible",
            "DockerEngine", "QEMU", "Releasing",
        ],
        "dssbatch": ["Commands"],
    ]

    /// The modules that wrap a C library, each for one owner only, in tests too.
    static let owners = [
        "CCrypto": "Hashing", "CCurl": "HTTP", "CExpat": "AWS", "CJansson": "JSON",
    ]

    /// What loads ICU, libxml2 or both into every run; `FoundationEssentials` loads neither.
    static let heavy: Set = ["Foundation", "FoundationXML", "FoundationNetworking"]

    /// Imports of a source file that its target may not have.
    static func source(_ text: SwiftText, target: String) -> [Finding] {
        guard let mayImport = allowed[target] else {
            return [Finding(line: 0, message: "belongs to `\(target)`, which has no import rule")]
        }
        return imports(of: text)
            .filter { heavy.contains($0.module) || allowed[$0.module] != nil }
            .filter { !mayImport.contains($0.module) && $0.module != target }
            .map { Finding(line: $0.line, message: "`\(target)` may not import `\($0.module)`") }
    }

    /// Imports of a C library's module by tests, which see it through its owner.
    static func test(_ text: SwiftText) -> [Finding] {
        imports(of: text).compactMap { line, module in
            owners[module].map {
                Finding(line: line, message: "only `\($0)` may import `\(module)`")
            }
        }
    }

    private static func imports(of text: SwiftText) -> [(line: Int, module: String)] {
        text.code.enumerated().compactMap { index, line in
            guard line.contains("import "),
                let match = line.firstMatch(
                    of: /^\s*(?:[a-z@]\S* )*import (?:[a-z]+ )?([A-Za-z_]+)/)
            else { return nil }
            return (index + 1, String(match.1))
        }
    }
}
