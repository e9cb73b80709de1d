import Diagnostics
import Glibc

/// A checked block of IPv4 or IPv6 addresses.
struct CIDRBlock: Equatable {
    let text: String
    let isVersion6: Bool

    /// Reads `203.0.113.0/24` or `2001:db8::/32`.
    ///
    /// - Throws: `manifest.cidr`.
    init(_ text: String, location: String) throws {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        let version6 = Self.isVersion6(String(halves[0]))
        guard halves.count == 2, let bits = Int(halves[1]), let version6,
            String(bits) == halves[1],
            (0...(version6 ? 128 : 32)).contains(bits)
        else {
            throw Diagnostic(
                code: "manifest.cidr", severity: .configuration,
                summary: "`\(text)` is no CIDR block", location: location,
                hint: "write `auto`, or a block such as `203.0.113.0/24`")
        }
        self.text = text
        isVersion6 = version6
    }

    /// The block of that one address.
    ///
    /// - Throws: `instance.no-caller-address`.
    init(host: String) throws {
        guard let version6 = Self.isVersion6(host) else {
            throw Diagnostic(
                code: "instance.no-caller-address", summary: "`\(host)` is no IP address",
                hint: "set `/instance/ingressCidr` to the block that you work from")
        }
        text = host + (version6 ? "/128" : "/32")
        isVersion6 = version6
    }

    private static func isVersion6(_ host: String) -> Bool? {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return false }
        if inet_pton(AF_INET6, host, &six) == 1 { return true }
        return nil
    }
}
