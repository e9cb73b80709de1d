import Diagnostics
import JSON

/// The addresses that download without a CAPTCHA, as the parameters of the firewall's stack.
package struct AllowedAddresses: Sendable, Equatable {
    /// IPv4 blocks in the order given.
    package let version4: [String]
    /// IPv6 blocks in the order given.
    package let version6: [String]

    /// The stage of the firewall's stack.
    package static let stage = "vm-bucket-waf"

    /// Parts blocks by the version of their addresses.
    ///
    /// - Throws: `usage.cidr`.
    package init(_ blocks: [String]) throws {
        let checked = try blocks.map { text in
            do {
                return try CIDRBlock(text, location: "--allowed-cidr")
            } catch {
                throw Diagnostic(
                    code: "usage.cidr", severity: .configuration,
                    summary: "`--allowed-cidr \(text)` is no CIDR block",
                    hint: "write for instance `203.0.113.0/24`, `198.51.100.7/32` or "
                        + "`2001:db8::/32`")
            }
        }
        version4 = checked.filter { !$0.isVersion6 }.map(\.text)
        version6 = checked.filter(\.isVersion6).map(\.text)
    }

    /// Both lists in the notation of `--set`: one replaces the other, so each is given.
    package var settings: [String] {
        [("AllowedIpv4Cidrs", version4), ("AllowedIpv6Cidrs", version6)].map { name, blocks in
            let list = JSONValue.array(blocks.map { .string($0) })
            return "/stacks/\(Self.stage)/parameters/\(name)=\(list.compactText)"
        }
    }
}
