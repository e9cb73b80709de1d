/// What the storage of assets costs in a month: a pure estimate from list prices.
///
/// Source: <https://aws.amazon.com/ebs/pricing/>, <https://aws.amazon.com/s3/pricing/>
package enum StorageCost {
    /// USD for a GiB and month.
    private static let prices: [(what: String, perGiBMonth: Double)] = {
        guard let listed = PriceTable.listed.regions[region] else { return [] }
        return [
            (snapshotPrice, listed.snapshotGBMonth), (objectPrice, listed.objectGBMonth),
        ]
            + listed.volumeGBMonth.sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
    }()
    /// Whose prices are taken for those of all.
    private static let region = "eu-central-1"
    private static let snapshotPrice = "snapshot"
    private static let objectPrice = "object"
    /// What a volume of a type without a price of its own is taken for.
    private static let otherVolume = "gp2"
    private static let bytesPerGiB = 1_073_741_824.0

    /// What the estimate rests on, one sentence each.
    package static let assumptions: [String] = [
        "list prices in USD for a GiB and month in \(region), \(PriceTable.listed.asOf): "
            + prices.map { "\($0.what) \($0.perGiBMonth)" }.joined(separator: ", ")
            + "; other volumes as \(otherVolume), other regions the same",
        "a snapshot counts with the size of its volume, though EBS stores only blocks in use, "
            + "and of later snapshots only changes: an upper bound",
        "objects in S3 Standard, without older versions; an AMI costs what its snapshots cost",
        "no requests, no transfer, no hours of machines, no taxes, no free tier",
    ]

    /// USD a month for one thing; nil for what takes no storage of its own.
    package static func monthlyUSD(of asset: Asset) -> Double? {
        guard let bytes = asset.sizeBytes, bytes >= 0, let price = price(of: asset) else {
            return nil
        }
        return Double(bytes) / bytesPerGiB * price
    }

    /// USD a month for all of them.
    package static func monthlyUSD(of assets: [Asset]) -> Double {
        assets.reduce(0) { $0 + (monthlyUSD(of: $1) ?? 0) }
    }

    /// `12.34`, and `<0.01` for what is less than a cent but something.
    package static func text(_ usd: Double) -> String {
        let cents = Int((usd * 100).rounded())
        if cents == 0 { return usd > 0 ? "<0.01" : "0.00" }
        let rest = cents % 100
        return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    private static func price(of asset: Asset) -> Double? {
        switch asset.kind {
        case .snapshot: price(snapshotPrice)
        case .object, .upload: price(objectPrice)
        case .volume: asset.volumeType.flatMap(price) ?? price(otherVolume)
        default: nil
        }
    }

    private static func price(_ what: String) -> Double? {
        prices.first { $0.what == what }?.perGiBMonth
    }
}
