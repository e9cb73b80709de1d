import Diagnostics
import Testing

@testable import Releasing

@Suite struct CIDRBlockTests {
    @Test(
        arguments: [
            ("0.0.0.0/0", false), ("203.0.113.7/32", false), ("10.0.0.0/8", false),
            ("::/0", true), ("2001:db8::/32", true), ("2001:db8::7/128", true),
        ])
    func `a block is read with its version`(text: String, isVersion6: Bool) throws {
        let block = try CIDRBlock(text, location: "/here")
        #expect(block.text == text)
        #expect(block.isVersion6 == isVersion6)
    }

    @Test(
        arguments: [
            "", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8",
            "10.0.0/8", "10.0.0.256/8", "2001:db8::/129", "2001:db8::g/32", "auto", "10.0.0.0/+8",
            "10.0.0.0/ 8", "10.0.0.0/08",
        ])
    func `anything else is refused with its place`(text: String) throws {
        let error = try #require(throws: Diagnostic.self) {
            try CIDRBlock(text, location: "/here")
        }
        #expect(error.code == "manifest.cidr")
        #expect(error.location == "/here")
    }

    @Test(arguments: [("203.0.113.7", "203.0.113.7/32"), ("2001:db8::7", "2001:db8::7/128")])
    func `one host is the smallest block`(host: String, text: String) throws {
        #expect(try CIDRBlock(host: host).text == text)
    }

    @Test(arguments: ["", "host.test", "203.0.113.7/32", "203.0.113.7\n", "<html>"])
    func `an answer that is no address is no caller's address`(host: String) throws {
        let error = try #require(throws: Diagnostic.self) { try CIDRBlock(host: host) }
        #expect(error.code == "instance.no-caller-address")
        #expect(error.hint?.contains("/instance/ingressCidr") == true)
    }
}
