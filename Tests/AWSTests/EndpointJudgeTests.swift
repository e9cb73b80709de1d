import Diagnostics
import JSON
import TestSupport
import Testing

@testable import AWS

@Suite(.disabled(if: UnitRun.isOne, "it asks Python; `bin/test --fast` runs it"))
struct EndpointJudgeTests {
    @Test func `every endpoint is botocore's, in all regions, FIPS and dual-stack`() async throws {
        let judge = PythonJudge("endpoints.py")
        let rows = try #require(try await judge.answers(to: [[:]]).first?.arrayValue)
        var services: Set<AWSService> = []
        for row in rows {
            let service = try #require(AWSService(rawValue: row["service"]?.stringValue ?? ""))
            let region = try #require(row["region"]?.stringValue)
            let variant = EndpointVariant(
                isFIPS: row["fips"] == .bool(true), isDualStack: row["dual"] == .bool(true))
            let ours = try? AWSEndpoint(service: service, region: region, variant: variant)
            let url = ours.map { "\($0.scheme)://\($0.authority)" }
            #expect(url == row["url"]?.stringValue, "\(row.compactText)")
            #expect(ours?.region == row["signing"]?.stringValue, "\(row.compactText)")
            services.insert(service)
        }
        #expect(services == Set(AWSService.allCases))
        #expect(rows.count > 2000)
    }
}
