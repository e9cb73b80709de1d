import BuildGraph
import JSON
import Testing

@testable import Releasing

@Suite struct PriceTableTests {
    private let table = PriceTable.listed

    @Test func `the table says of when it is and where from`() {
        #expect(Int(table.asOf.prefix(4)) != nil)
        #expect(!table.sources.isEmpty)
        #expect(table.sources.allSatisfy { $0.hasPrefix("https://") })
        for prices in table.regions.values {
            #expect(prices.instanceHour.values.allSatisfy { $0 > 0 })
            #expect(prices.volumeGBMonth.keys.contains("gp3"))
        }
    }

    @Test func `an hour of a machine with its volume and address`() throws {
        let hour = try #require(
            table.machineUSD(
                region: "eu-central-1", type: "t3.medium", volumeGiB: 100, seconds: 3600))
        #expect(abs(hour - (0.048 + 0.005 + 100 * 0.0952 / 730)) < 1e-12)
    }

    @Test func `what is not in the table has no price`() {
        let machine = { region, type in
            self.table.machineUSD(region: region, type: type, volumeGiB: 100, seconds: 60)
        }
        #expect(machine("eu-central-1", "x9.huge") == nil)
        #expect(machine("xx-north-9", "t3.medium") == nil)
        #expect(table.copyUSD(from: "xx-north-9", volumeGiB: 1) == nil)
        #expect(table.copyUSD(from: "eu-central-1", volumeGiB: 100) == 2)
        #expect(table.exportUSD(volumeGiB: 100) == 0)
    }
}
