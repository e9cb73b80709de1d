import BuildGraph
import Testing

@testable import Commands

@Suite struct PlanSumsTests {
    @Test(
        arguments: [
            (0, "about 0 s"), (40.4, "about 40 s"), (59.6, "about 1 min"),
            (47 * 60 + 20, "about 47 min"), (3599, "about 1 h 00 min"),
            (3720, "about 1 h 02 min"),
        ] as [(Double, String)])
    func `what is to come is told to the minute`(seconds: Double, text: String) {
        #expect(Durations.about(seconds) == text)
    }

    @Test func `what others have is named as such`() {
        let image = StageEffects.Replacement("image ami-1", publication: "public in 2 regions")
        let key = StageEffects.Replacement("images/1.vmdk", publication: "named by release 7")
        #expect(PlanSums.replaced([image]) == "1 replaces a public image")
        #expect(PlanSums.replaced([image, image]) == "2 replace public images")
        #expect(PlanSums.replaced([key]) == "1 replaces what is published")
        #expect(PlanSums.replaced([image, key]) == "2 replace what is published")
    }

    @Test(
        arguments: [
            (nil, "cost unknown"), (0, nil), (0.001, "below 0.01 USD"), (0.31, "about 0.31 USD"),
        ] as [(Double?, String?)])
    func `a cost that nobody knows is no cost of nothing`(usd: Double?, text: String?) {
        #expect(PlanSums.cost(usd) == text)
    }
}
