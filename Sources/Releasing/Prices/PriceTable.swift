import JSON

/// AWS's list prices in USD, as far as `prices.json` has them: what it does not have is unknown.
struct PriceTable: Decodable, Sendable {
    /// Those of one region.
    struct Region: Decodable, Sendable {
        /// Of machines on demand with Linux, by type.
        let instanceHour: [String: Double]
        /// Of volumes by type, without further operations a second.
        let volumeGBMonth: [String: Double]
        let snapshotGBMonth: Double
        /// In S3 Standard, the first 50 TB.
        let objectGBMonth: Double
        /// To another region.
        let transferGB: Double
    }

    /// The year of the lists.
    let asOf: String
    /// Where the lists are.
    let sources: [String]
    /// What EC2 takes for writing an image to S3.
    let exportGB: Double
    /// Of a public IPv4 address, in every region.
    let addressHour: Double
    let regions: [String: Region]

    /// The table that is built into the program; read where a price is asked for.
    static let listed: PriceTable = {
        do {
            return try JSONValue.parse(PackageResources.prices_json, source: "prices.json")
                .decoded(as: PriceTable.self)
        } catch {
            preconditionFailure("prices.json: \(error)")
        }
    }()

    private static let hoursAMonth = 730.0
    /// What `cfn/ec2.yaml` gives a machine.
    private static let machineVolume = "gp3"

    /// What a machine with its volume and address costs; nil where the region or type is not in
    /// the table.
    func machineUSD(
        region: String, type: String, volumeGiB: Int, seconds: Double
    ) -> Double? {
        guard let prices = regions[region], let hour = prices.instanceHour[type],
            let month = prices.volumeGBMonth[Self.machineVolume]
        else { return nil }
        let volumeHour = Double(volumeGiB) * month / Self.hoursAMonth
        return seconds / 3600 * (hour + addressHour + volumeHour)
    }

    /// What it costs to copy an image to another region, at most: with every block of its volume.
    func copyUSD(from region: String, volumeGiB: Int) -> Double? {
        regions[region].map { $0.transferGB * Double(volumeGiB) }
    }

    /// What EC2 takes for the export of an image, at most.
    func exportUSD(volumeGiB: Int) -> Double { exportGB * Double(volumeGiB) }
}

extension ReleaseManifest {
    /// What its machine costs in USD an hour by list prices; nil where that is not known.
    package var machineHourUSD: Double? {
        PriceTable.listed.machineUSD(
            region: region, type: instance.type, volumeGiB: instance.volumeGiB, seconds: 3600)
    }
}
