import AWS
import Diagnostics
import JSON
import TestSupport
import Testing

@Suite struct AWSHostNameTests {
    /// botocore's partitions decide which hosts of EC2 there are.
    @Test(.disabled(if: UnitRun.isOne, "it asks Python; `bin/test --fast` runs it"))
    func `every host of EC2 that botocore knows is AWS's own, and of its partition`()
        async throws
    {
        let judge = PythonJudge("ec2_hosts.py")
        let answer = try #require(try await judge.answers(to: [[:]]).first?.arrayValue)
        #expect(answer.count > 40)
        for entry in answer {
            let host = try #require(entry["host"]?.stringValue)
            let region = try #require(entry["region"]?.stringValue)
            let partition = try #require(entry["partition"]?.stringValue)
            let name = try #require(AWSHostName(host), "\(host)")
            #expect((name.partition ?? AWSPartition(region: region).rawValue) == partition)
            let private_ = AWSHostName("vpce-0a1b-2c3d-\(region)a.\(host):443")
            #expect(private_ == name)
        }
    }

    @Test(arguments: [
        "EC2.EU-Central-1.amazonaws.com.", "ec2-fips.us-east-1.amazonaws.com:443",
        "ec2.eu-central-1.api.aws", "vpce-0a1b.ec2.eu-central-1.vpce.amazonaws.com",
        "ec2.cn-north-1.amazonaws.com.cn", "ec2.cn-north-1.api.amazonwebservices.com.cn",
    ])
    func `names are compared as DNS compares them`(_ host: String) {
        #expect(AWSHostName(host) != nil)
    }

    @Test(arguments: [
        "127.0.0.1:4566", "localhost", "[::1]:80", "amazonaws.com", "evilamazonaws.com",
        "ec2.amazonaws.com.evil.example", "ec2.amazonaws.org", "api.aws.example.com",
        "ec2-198-51-100-1.eu-central-1.compute.amazonaws.com", "x.compute-1.amazonaws.com",
        "mine-1.eu-central-1.elb.amazonaws.com", "..amazonaws.com", "a.amazonaws.com:x",
    ])
    func `what is not AWS's own is another endpoint`(_ host: String) {
        #expect(AWSHostName(host) == nil)
    }

    @Test(arguments: [
        ("http://127.0.0.1:4566", "127.0.0.1:4566"),
        ("https://Cloud.example/x", "cloud.example:443"),
        ("http://cloud.example", "cloud.example:80"), ("http://[::1]", "[::1]:80"),
        ("http://[::1]:90", "[::1]:90"),
    ])
    func `an endpoint's host and port have one form`(_ url: String, _ expected: String) throws {
        let endpoint = try AWSEndpoint(customUrl: url, service: .ec2, region: "eu-central-1")
        #expect(endpoint.hostAndPort == expected)
    }
}
