import Testing

@testable import Releasing

@Suite struct ImageBucketTests {
    private static let names = ["VMBucketId": "b", "VMExportRoleId": "r"]

    private func domain(_ outputs: [String: String]) async throws -> String? {
        let bench = StageBench()
        bench.aws.on(
            "DescribeStacks", [:],
            .stack("CREATE_COMPLETE", outputs: outputs.merging(Self.names) { $1 }))
        bench.aws.on("HeadBucket", [:], .empty)
        return try await ImageBucket.find(
            .stack("S"), region: StageBench.region, services: bench.services
        ).domain
    }

    @Test func `links show the domain of one's own, and else CloudFront's`() async throws {
        let cloudFront = ["CfDistributionDomainName": "d1.cloudfront.net"]
        let own = ["DownloadDomainName": "images.example.org"].merging(cloudFront) { $1 }
        #expect(try await domain(own) == "images.example.org")
        // As a stack has it that nobody has updated yet.
        #expect(try await domain(cloudFront) == "d1.cloudfront.net")
    }

    @Test(arguments: [
        ("    Webhook: true", true), ("    Webhook: true  # pushes", true),
        ("    Webhook: false", false), ("    # Webhook: true", false), ("Resources:", false),
    ])
    func `a template that makes a webhook is known by its text`(line: String, expected: Bool) {
        #expect(BuildTemplate("Resources:\n\(line)\n").makesWebhook == expected)
    }
}
