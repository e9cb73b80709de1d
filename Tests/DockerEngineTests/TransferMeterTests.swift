import JSON
import TestSupport
import Testing

@testable import DockerEngine

@Suite struct TransferMeterTests {
    private func line(_ text: String) throws -> TransferLine {
        TransferLine(try JSONValue.parse(Array(text.utf8), source: "line"))
    }

    private func layer(
        _ id: String, _ status: String, _ current: Int64? = nil, of total: Int64? = nil
    ) -> TransferLine {
        var detail: [(String, JSONValue)] = []
        if let current { detail.append(("current", .integer(current))) }
        if let total { detail.append(("total", .integer(total))) }
        return TransferLine([
            "status": .string(status), "id": .string(id),
            "progressDetail": JSONValue(members: detail),
        ])
    }

    @Test func `all layers together make the percentage`() {
        var meter = TransferMeter(isPull: false)
        #expect(meter.take(layer("a", "Preparing"))?.percent == 0)
        #expect(meter.take(layer("b", "Preparing"))?.message == "0 of 0 MB, 0 of 2 layers")
        #expect(meter.take(layer("a", "Pushing", 10_000_000, of: 40_000_000))?.percent == 25)
        #expect(meter.take(layer("b", "Pushing", 20_000_000, of: 60_000_000))?.percent == 30)
        #expect(meter.take(layer("b", "Pushing", 70_000_000, of: 60_000_000))?.percent == 70)
        #expect(
            meter.take(layer("b", "Pushed"))
                == TransferProgress(percent: 70, message: "70 of 100 MB, 1 of 2 layers"))
        #expect(meter.take(layer("a", "Pushed"))?.percent == 100)
    }

    @Test func `what nobody would see is not told`() {
        var meter = TransferMeter(isPull: false)
        _ = meter.take(layer("a", "Pushing", 1, of: 1_000_000))
        #expect(meter.take(layer("a", "Pushing", 2, of: 1_000_000)) == nil)
        #expect(meter.take(layer("a", "Pushing", 20_000, of: 1_000_000)) != nil)
    }

    @Test func `layers that are there already are done`() {
        var meter = TransferMeter(isPull: false)
        #expect(meter.take(layer("a", "Layer already exists"))?.percent == 100)
        var mounted = TransferMeter(isPull: false)
        #expect(mounted.take(layer("a", "Mounted from library/x"))?.percent == 100)
    }

    @Test func `a pull counts coming and unpacking`() {
        var meter = TransferMeter(isPull: true)
        _ = meter.take(layer("a", "Pulling fs layer"))
        #expect(meter.take(layer("a", "Downloading", 50, of: 100))?.percent == 25)
        #expect(meter.take(layer("a", "Download complete"))?.percent == 50)
        #expect(meter.take(layer("a", "Extracting", 50, of: 100))?.percent == 75)
        #expect(meter.take(layer("a", "Pull complete"))?.percent == 100)
    }

    @Test func `lines that are on no layer change nothing`() throws {
        var meter = TransferMeter(isPull: true)
        #expect(meter.take(try line(#"{"status":"Pulling from x","id":"1"}"#)) == nil)
        #expect(meter.take(try line(#"{"status":"Digest: sha256:1"}"#)) == nil)
        #expect(meter.take(try line(#"{"progressDetail":{},"aux":{"Tag":"1"}}"#)) == nil)
        #expect(meter.take(try line("[]")) == nil)
    }

    @Test func `the percentage never goes back and never leaves its range`() {
        var random = SeededGenerator(seed: 3)
        let statuses = [
            "Preparing", "Waiting", "Pushing", "Downloading", "Extracting", "Download complete",
            "Pushed", "Pull complete", "Retrying in 5 seconds", "",
        ]
        for round in 0..<200 {
            var meter = TransferMeter(isPull: round % 2 == 0)
            var last = 0
            for _ in 0..<100 {
                let total = Int64.random(in: -5...1 << 40, using: &random)
                let news = meter.take(
                    layer(
                        ["a", "b", "c"].randomElement(using: &random) ?? "",
                        statuses.randomElement(using: &random) ?? "",
                        Int64.random(in: -5...1 << 41, using: &random), of: total))
                guard let news else { continue }
                #expect((last...100).contains(news.percent))
                last = news.percent
            }
        }
    }
}
