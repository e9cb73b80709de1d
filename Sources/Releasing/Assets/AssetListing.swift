import Diagnostics
package import JSON
package import OrderedCollections

/// A list of assets as text, Markdown and JSON; pure.
package struct AssetListing: Sendable {
    /// The name and version of the JSON form.
    package static let schema = "dssbatch.assets/1"

    private let pattern: AssetPattern
    private let regions: [String]
    private let assets: [Asset]

    /// Makes one; the assets are put in order.
    package init(pattern: AssetPattern, regions: [String], assets: [Asset]) {
        self.pattern = pattern
        self.regions = regions
        self.assets = assets.sorted { left, right in
            (left.assetId, left.kind.rank, left.region, left.label, left.id)
                < (right.assetId, right.kind.rank, right.region, right.label, right.id)
        }
    }

    /// The columns' names and a row for each asset.
    package var rows: [[String]] {
        [["TYPE", "ID", "NAME", "REGION", "ASSET ID", "STATE", "ROLE", "SIZE", "USD/MONTH"]]
            + assets.map { asset in
                [
                    asset.kind.rawValue, asset.label, otherName(asset), asset.region,
                    asset.assetId, asset.state ?? "–", asset.role.rawValue,
                    asset.sizeBytes.map(ByteCount.text) ?? "–",
                    StorageCost.monthlyUSD(of: asset).map(StorageCost.text) ?? "–",
                ]
            }
    }

    /// What stands below the table: the cost, its assumptions, and how to remove each.
    package var footer: [String] {
        if assets.isEmpty {
            return ["nothing carries an asset id like `\(pattern)` in \(place)"]
        }
        var lines = ["", "storage: about \(total) USD a month"]
        lines += StorageCost.assumptions.map { "  - \($0)" }
        let commands = assets.compactMap(RemovalCommand.text)
        if !commands.isEmpty {
            lines += ["", "to remove each:"] + commands.map { "  \($0)" }
        }
        return lines
    }

    /// The whole as Markdown.
    package var markdown: String {
        var lines = ["# AWS assets of `\(pattern)`", "", "Searched: \(place).", ""]
        if assets.isEmpty {
            lines.append("Nothing carries such an asset id.")
            return lines.joined(separator: "\n") + "\n"
        }
        for (number, row) in rows.enumerated() {
            lines.append("| " + row.map(Self.cell).joined(separator: " | ") + " |")
            if number == 0 { lines.append(String(repeating: "|---", count: row.count) + "|") }
        }
        lines += ["", "Storage: about \(total) USD a month.", ""]
        lines += StorageCost.assumptions.map { "- \($0)" }
        let commands = assets.compactMap(RemovalCommand.text)
        if !commands.isEmpty {
            lines += ["", "To remove each:", "", "```sh"] + commands + ["```"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The whole as one JSON document.
    package var json: JSONValue {
        [
            "schema": .string(Self.schema), "assetId": .string(pattern.text),
            "regions": .array(regions.map { .string($0) }),
            "assets": .array(assets.map { .object($0.members) }), "cost": cost,
        ]
    }

    /// The members of one `asset` event for each asset.
    package var eventMembers: [OrderedDictionary<String, JSONValue>] { assets.map(\.members) }

    /// What the storage costs and what the estimate rests on.
    package var cost: JSONValue {
        [
            "currency": "USD",
            "monthly": .number(Self.rounded(StorageCost.monthlyUSD(of: assets))),
            "assumptions": .array(StorageCost.assumptions.map { .string($0) }),
        ]
    }

    private var total: String { StorageCost.text(StorageCost.monthlyUSD(of: assets)) }
    private var place: String { regions.joined(separator: ", ") }

    /// The name, where the label does not say it already.
    private func otherName(_ asset: Asset) -> String {
        let name = asset.name ?? "–"
        return name == asset.label ? "–" : name
    }

    /// A text as a cell of a table: nothing in it ends the cell, the code or the line.
    private static func cell(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("\n", with: " ")
    }

    static func rounded(_ usd: Double) -> Double { (usd * 10_000).rounded() / 10_000 }
}

extension Asset {
    /// The members of its JSON; what is not known is null, so that each has all of them.
    package var members: OrderedDictionary<String, JSONValue> {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? nil }
        let cost = StorageCost.monthlyUSD(of: self).map(AssetListing.rounded)
        return [
            "type": .string(kind.rawValue), "id": .string(id), "name": text(name),
            "region": .string(region), "assetId": .string(assetId), "runId": text(runId),
            "state": text(state), "role": .string(role.rawValue),
            "foundBy": .string(proof.rawValue), "bucket": text(bucket), "key": text(key),
            "sizeBytes": sizeBytes.map { .integer($0) } ?? nil,
            "createdAt": text(createdAt.map(Timestamp.text)),
            "monthlyUSD": cost.map { .number($0) } ?? nil,
            "removeCommand": text(RemovalCommand.text(for: self)),
        ]
    }
}
