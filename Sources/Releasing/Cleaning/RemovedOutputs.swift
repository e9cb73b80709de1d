import Diagnostics
import JSON
import OrderedCollections

/// Tells outputs that name something removed; pure.
struct RemovedOutputs: Sendable {
    /// Ids and names that are unique wherever they appear.
    private let ids: Set<String>
    /// Bucket and key.
    private let objects: Set<[ExactText]>

    init(_ assets: [Asset]) {
        let named = assets.filter { $0.kind != .object && $0.kind != .upload }
        ids = Set(named.map(\.id) + named.filter { $0.kind == .stack }.compactMap(\.name))
        objects = Set(
            assets.filter { $0.kind == .object }.compactMap { asset in
                guard let bucket = asset.bucket, let key = asset.key else { return nil }
                return [ExactText(bucket), ExactText(key)]
            })
    }

    /// Whether recorded outputs name something of it.
    func areNamed(in outputs: JSONValue) -> Bool {
        names(in: outputs, bucket: outputs["bucket"]?.stringValue ?? "")
    }

    private func names(in value: JSONValue, bucket: String) -> Bool {
        switch value {
        case .string(let text): ids.contains(text)
        case .array(let elements): elements.contains { names(in: $0, bucket: bucket) }
        case .object(let members):
            members["key"]?.stringValue.map {
                objects.contains([ExactText(bucket), ExactText($0)])
            } == true
                || members.values.contains { names(in: $0, bucket: bucket) }
        default: false
        }
    }
}
