import Releasing
import Testing

@Suite struct ResourceNamesTests {
    @Test func `a stack's name holds only what CloudFormation takes`() {
        #expect(
            ResourceNames.stack(assetId: "3.4.0 rc+1", suffix: "ab12c")
                == "EC2-DATA-SCIENCE-SANDBOX-3-4-0-rc-1-ab12c")
    }

    @Test func `the longest asset id still makes a stack's name`() {
        let name = ResourceNames.stack(
            assetId: String(repeating: "x", count: 64), suffix: ResourceNames.randomSuffix())
        #expect(name.count <= 128)
    }

    @Test func `an image's name keeps what EC2 takes`() {
        #expect(
            ResourceNames.image(prefix: "Exasol-Data-Science-Sandbox", assetId: "3.4.0")
                == "Exasol-Data-Science-Sandbox-3.4.0")
        #expect(ResourceNames.image(prefix: "p", assetId: "a+b=c é") == "p-a-b-c -")
    }

    @Test func `an export's key says release and format`() {
        #expect(
            ResourceNames.exportKeys(
                prefix: "data_science_sandbox", assetId: "3.4.0", format: .vmdk
            ).text(1)
                == "data_science_sandbox/3.4.0/exasol-data-science-sandbox-3.4.0.vmdk")
    }

    @Test func `an address encodes each segment and keeps the slashes`() {
        #expect(
            ResourceNames.url(host: "d1.cloudfront.net", key: "a b/é+*~/x.vhd")
                == "https://d1.cloudfront.net/a%20b/%C3%A9%2B%2A~/x.vhd")
    }
}
