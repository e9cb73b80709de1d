import Foundation
import JSON
import Testing

@testable import Releasing

@Suite struct AssetListingTests {
    private static func assets() -> [Asset] {
        var ami = CleanPlanTests.asset(.ami, "ami-1", state: "available", snapshots: ["snap-1"])
        ami.name = "a|b `c`"
        var snapshot = CleanPlanTests.asset(.snapshot, "snap-1", state: "completed")
        snapshot.sizeBytes = 100 << 30
        var object = CleanPlanTests.asset(.object, "s3://bucket/a b/it's.vhd")
        (object.key, object.sizeBytes) = ("a b/it's.vhd", 1_610_612_736)
        let task = CleanPlanTests.asset(.exportTask, "export-ami-1", state: "completed")
        return AssetRole.classified([object, task, ami, snapshot])
    }

    private static func listing() throws -> AssetListing {
        AssetListing(
            pattern: try AssetPattern("1.*"), regions: ["eu-central-1"], assets: assets())
    }

    @Test func `sizes are for people in text and exact in JSON`() throws {
        let listing = try Self.listing()
        #expect(listing.rows.map { $0[7] } == ["SIZE", "–", "–", "100.0 GiB", "1.5 GiB"])
        let sizes = listing.json["assets"]?.arrayValue?.map { $0["sizeBytes"] }
        #expect(sizes == [.null, .null, .integer(107_374_182_400), .integer(1_610_612_736)])
        #expect(Set(listing.rows.map(\.count)).count == 1)
    }

    @Test func `a command is quoted, and what is over has none`() throws {
        let commands = Self.assets().map(RemovalCommand.text)
        #expect(
            commands == [
                "aws s3api delete-object --region eu-central-1 --bucket bucket "
                    + "--key 'a b/it'\\''s.vhd'", nil,
                "aws ec2 deregister-image --region eu-central-1 --image-id ami-1",
                "aws ec2 delete-snapshot --region eu-central-1 --snapshot-id snap-1",
            ])
    }

    @Test func `Markdown keeps a table whatever is in a name`() throws {
        let text = try Self.listing().markdown
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(rows.count == 6)
        #expect(text.contains("a\\|b `c`"))
        #expect(text.contains("```sh\naws ec2 deregister-image"))
    }

    @Test func `the cost is size times price, and an image costs nothing itself`() throws {
        let cost = StorageCost.monthlyUSD(of: Self.assets())
        #expect(abs(cost - (100 * 0.054 + 1.5 * 0.0245)) < 1e-9)
        let monthly = try Self.listing().json["cost"]?["monthly"]?.doubleValue
        #expect(monthly == 5.4368)
        var volume = CleanPlanTests.asset(.volume, "vol-1")
        volume.sizeBytes = 1 << 30
        for (type, price) in [("gp3", 0.0952), ("gp2", 0.119), ("st1", 0.119)] {
            volume.volumeType = type
            #expect(StorageCost.monthlyUSD(of: volume) == price)
        }
        volume.sizeBytes = nil
        #expect(StorageCost.monthlyUSD(of: volume) == nil)
    }

    @Test(arguments: [(0, "0.00"), (0.004, "<0.01"), (0.005, "0.01"), (12.3, "12.30")])
    func `money is shown in cents`(usd: Double, text: String) {
        #expect(StorageCost.text(usd) == text)
    }

    @Test func `nothing found is said`() throws {
        let empty = AssetListing(pattern: try AssetPattern("x"), regions: ["r-1"], assets: [])
        #expect(empty.footer == ["nothing carries an asset id like `x` in r-1"])
        #expect(empty.json["assets"] == [])
    }

    @Test(arguments: [
        ("plain-1.0", "plain-1.0"), ("", "''"), ("a b", "'a b'"), ("$(x)`y`", "'$(x)`y`'"),
        ("it's", "'it'\\''s'"), ("*", "'*'"), ("a\nb", "'a\nb'"),
    ])
    func `words are quoted for a shell`(word: String, quoted: String) {
        #expect(ShellWord.quoted(word) == quoted)
    }

    @Test(arguments: [
        ("x/1.0/exasol-data-science-sandbox-1.0.vmdk", "1.0"),
        ("1.0/exasol-data-science-sandbox-1.0.raw", "1.0"),
        ("x/1.0/exasol-data-science-sandbox-1.1.vmdk", nil),
        ("x/1.0/exasol-data-science-sandbox-1.0.vmdk.part", nil), ("1.0", nil),
    ])
    func `an upload's key tells its asset id`(key: String, id: String?) {
        #expect(ResourceNames.assetId(ofExportKey: key) == id)
    }

    @Test func `outputs that name something removed are told from others`() {
        let gone = RemovedOutputs(Self.assets())
        #expect(gone.areNamed(in: ["imageId": "ami-1"]))
        #expect(gone.areNamed(in: ["snapshotIds": ["snap-0", "snap-1"]]))
        #expect(gone.areNamed(in: ["bucket": "bucket", "key": "a b/it's.vhd"]))
        #expect(gone.areNamed(in: ["bucket": "bucket", "sbom": ["key": "a b/it's.vhd"]]))
        #expect(!gone.areNamed(in: ["bucket": "other", "key": "a b/it's.vhd"]))
        #expect(!gone.areNamed(in: ["imageId": "ami-2", "name": "a|b `c`"]))
    }
}
