import Diagnostics
import JSON

/// What the command line changes about a manifest of any kind.
package struct ManifestOverrides: Sendable {
    package var assetId: String?
    /// `KEY=VALUE`: the key is a JSON Pointer or a dotted path, the value JSON or a plain text.
    package var settings: [String]
    package var results: String?
    package var region: String?
    /// The environment's release id, of a release alone; `settings` go before it.
    package var releaseId: String?
    /// What a matrix says about its base; `settings` go before it.
    var account: String?

    /// Each goes through the whole manifest.
    private static let mostSettings = 1000

    /// Collects overrides.
    package init(
        assetId: String? = nil, settings: [String] = [], results: String? = nil,
        region: String? = nil, releaseId: String? = nil
    ) {
        self.assetId = assetId
        self.settings = settings
        self.results = results
        self.region = region
        self.releaseId = releaseId
    }

    /// The manifest as it stands with these; `results` and `releaseId` are not written
    /// into it.
    ///
    /// - Throws: `usage.set` and what a JSON Pointer that leads nowhere throws.
    func applied(to manifest: JSONValue) throws -> JSONValue {
        var document = manifest
        if let account {
            document = try document.setting(
                JSONPointer(tokens: ["account"]), to: .string(account))
        }
        guard settings.count <= Self.mostSettings else {
            throw Diagnostic(
                code: "usage.set", severity: .configuration,
                summary: "`--set` is given \(settings.count) times",
                hint: "at most \(Self.mostSettings): write a manifest of your own")
        }
        for setting in settings { document = try Self.apply(setting, to: document) }
        if let assetId {
            document = try document.setting(JSONPointer(tokens: ["assetId"]), to: .string(assetId))
        }
        if let region {
            document = try document.setting(JSONPointer(tokens: ["region"]), to: .string(region))
        }
        return document
    }

    private static func apply(_ setting: String, to document: JSONValue) throws -> JSONValue {
        guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
            throw Diagnostic(
                code: "usage.set", severity: .configuration,
                summary: "`--set \(setting)` has no `KEY=VALUE`",
                hint: "write for instance `--set /export/prefix=images`")
        }
        let key = String(setting[..<equals])
        let text = String(setting[setting.index(after: equals)...])
        let pointer =
            key.hasPrefix("/")
            ? try JSONPointer(parsing: key)
            : JSONPointer(tokens: key.split(separator: ".").map(String.init))
        let value: JSONValue
        do {
            value = try JSONValue.parse(Array(text.utf8), source: "--set \(key)")
        } catch {
            value = .string(text)
        }
        return try document.setting(pointer, to: value)
    }
}
