import AWS
import Diagnostics
import Testing

@Suite struct ConfigurationTests {
    private func load(
        _ environment: [String: String], config: String? = nil, region: String? = nil,
        endpointUrl: String? = nil
    ) throws -> AWSConfiguration {
        try AWSConfiguration.load(
            environment: environment, region: region, endpointUrl: endpointUrl
        ) { $0.hasSuffix("config") ? config : nil }
    }

    @Test func `the region comes from the nearest place`() throws {
        let config = "[default]\nregion = eu-west-3"
        var environment: [String: String] = [:]
        #expect(try load(environment).region == nil)
        #expect(try load(environment, config: config).region == "eu-west-3")
        environment["AWS_DEFAULT_REGION"] = "eu-west-2"
        #expect(try load(environment, config: config).region == "eu-west-2")
        environment["AWS_REGION"] = "eu-west-1"
        #expect(try load(environment, config: config).region == "eu-west-1")
        #expect(try load(environment, config: config, region: "eu-north-1").region == "eu-north-1")
    }

    @Test func `what is no region is refused before it becomes a host name`() throws {
        for region in ["evil.example/", "EU-WEST-1", "-a", "a b"] {
            let error = #expect(throws: Diagnostic.self) { try load([:], region: region) }
            #expect(error?.code == "aws.config-value")
            #expect(error?.severity == .configuration)
        }
    }

    @Test func `endpoints follow AWS's order`() throws {
        let config = """
            [default]
            endpoint_url = http://profile
            services = mine
            [services mine]
            s3 =
              endpoint_url = http://section/base/
            """
        func host(_ environment: [String: String], explicit: String? = nil) throws -> [String] {
            let loaded = try load(environment, config: config, endpointUrl: explicit)
            return try [AWSService.s3, .ec2].map {
                let endpoint = try loaded.endpoint(of: $0, region: "eu-west-1")
                return endpoint.authority + endpoint.basePath
            }
        }
        #expect(try host([:]) == ["section/base", "profile"])
        #expect(try host(["AWS_ENDPOINT_URL": "http://all"]) == ["all", "all"])
        let both = ["AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_EC2": "http://ec2:1"]
        #expect(try host(both) == ["all", "ec2:1"])
        #expect(try host(both, explicit: "http://x") == ["x", "x"])
        #expect(
            try host(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"])
                == ["s3.eu-west-1.amazonaws.com", "ec2.eu-west-1.amazonaws.com"])
    }

    @Test func `partitions have their own hosts`() throws {
        let loaded = try load([:])
        for (region, host) in [
            ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
            ("eu-central-1", "sts.eu-central-1.amazonaws.com"),
        ] {
            #expect(try loaded.endpoint(of: .sts, region: region).authority == host)
        }
    }

    @Test func `attempts and the CA bundle are read, nonsense is refused`() throws {
        let loaded = try load(["AWS_MAX_ATTEMPTS": "7", "AWS_CA_BUNDLE": "/ca"])
        #expect(loaded.maxAttempts == 7 && loaded.certificates?.authorityFile == "/ca")
        for environment in [["AWS_MAX_ATTEMPTS": "0"], ["AWS_ENDPOINT_URL": "localhost:1"]] {
            let error = #expect(throws: Diagnostic.self) {
                try load(environment).endpoint(of: .ec2, region: "eu-west-1")
            }
            #expect(error?.code == "aws.config-value")
        }
    }

    @Test func `a broken file names its line`() throws {
        let error = #expect(throws: Diagnostic.self) {
            try load(["HOME": "/h"], config: "[default]\nregion eu-west-1")
        }
        #expect(error?.code == "aws.config-syntax")
        #expect(error?.location == "/h/.aws/config:2")
    }

    @Test func `no print shows a secret of the environment or a profile`() throws {
        let loaded = try load(
            ["AWS_SECRET_ACCESS_KEY": "hidden-1"],
            config: "[default]\naws_secret_access_key = hidden-2")
        var dumped = ""
        dump(loaded, to: &dumped)
        #expect(!("\(loaded)" + dumped).contains("hidden-"))
    }
}
