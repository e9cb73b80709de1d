import JSON
import OrderedCollections

/// Who may assume a role, as far as a service of AWS and its external id are concerned.
///
/// Source: <https://docs.aws.amazon.com/vm-import/latest/userguide/required-permissions.html>
struct TrustPolicy {
    /// Whom VM export acts as.
    static let exportService = "vmie.amazonaws.com"
    /// What VM export always says who it is with.
    static let exportExternalId = "vmimport"

    /// Whether VM export may assume the role.
    var letsExports: Bool {
        lets(service: Self.exportService, externalId: Self.exportExternalId)
    }

    private let statements: [JSONValue]

    /// - Parameter policy: the policy document; its parts may be single or in lists.
    init(_ policy: JSONValue) { statements = Self.list(policy["Statement"]) }

    /// Whether the service may assume the role; other conditions than the external id are taken
    /// to be met, since only AWS knows.
    func lets(service: String, externalId: String) -> Bool {
        let those = statements.filter { statement in
            let principal = statement["Principal"]
            return Self.texts(statement["Action"]).contains { action in
                ["sts:assumerole", "sts:*", "*"].contains(action.lowercased())
            }
                && (principal?.stringValue == "*"
                    || Self.texts(principal?["Service"]).contains { $0 == service || $0 == "*" })
        }
        if those.contains(where: { $0["Effect"]?.stringValue == "Deny" && $0["Condition"] == nil })
        {
            return false
        }
        return those.contains {
            $0["Effect"]?.stringValue == "Allow" && Self.admits(externalId, $0["Condition"])
        }
    }

    private static func admits(_ externalId: String, _ condition: JSONValue?) -> Bool {
        for (comparison, keys) in condition?.objectValue ?? [:]
        where ["StringEquals", "StringLike", "StringEqualsIgnoreCase"].contains(comparison) {
            for (key, values) in keys.objectValue ?? [:]
            where key.lowercased() == "sts:externalid" {
                let isLike = comparison == "StringLike"
                guard
                    texts(values).contains(where: { $0 == externalId || isLike && $0 == "*" })
                else { return false }
            }
        }
        return true
    }

    private static func list(_ value: JSONValue?) -> [JSONValue] {
        value?.arrayValue ?? value.map { [$0] } ?? []
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        list(value).compactMap(\.stringValue)
    }
}
