/// Where a service is reached, and the scope that signs for it.
package struct AWSEndpoint: Sendable, Equatable {
    /// `http` or `https`.
    package let scheme: String
    /// With the port where the URL names one.
    package let authority: String
    /// Empty, or begins with `/` and ends without.
    package let basePath: String
    /// Whether somebody configured it, so that no rule about AWS's own hosts applies.
    package let isCustom: Bool
    package let region: String
    package let service: AWSService

    /// AWS's own endpoint, by the rules of its partition.
    ///
    /// - Throws: `aws.config-value` where the partition has no such endpoint.
    init(service: AWSService, region: String, variant: EndpointVariant = EndpointVariant()) throws {
        guard let host = variant.host(of: service, region: region) else {
            throw AWSConfiguration.badValue(
                "use_fips_endpoint", "true", "possible for `\(service.rawValue)` in `\(region)`")
        }
        scheme = "https"
        authority = host
        basePath = ""
        isCustom = false
        self.region = service.isGlobal ? AWSPartition(region: region).homeRegion : region
        self.service = service
    }

    /// A configured endpoint.
    ///
    /// - Throws: `aws.config-value` where the URL is none.
    package init(customUrl: String, service: AWSService, region: String) throws {
        let parts = customUrl.split(separator: "://", maxSplits: 1)
        let scheme = parts.first.map { $0.lowercased() } ?? ""
        guard parts.count == 2, scheme == "http" || scheme == "https",
            !parts[1].contains(where: { $0 == "?" || $0 == "#" || $0 == "@" || $0.isWhitespace })
        else {
            throw AWSConfiguration.badValue(
                "endpoint_url", customUrl, "a URL such as `https://host:port`")
        }
        let slash = parts[1].firstIndex(of: "/") ?? parts[1].endIndex
        var path = parts[1][slash...]
        while path.hasSuffix("/") { path.removeLast() }
        guard slash > parts[1].startIndex else {
            throw AWSConfiguration.badValue(
                "endpoint_url", customUrl, "a URL such as `https://host:port`")
        }
        self.scheme = scheme
        authority = String(parts[1][..<slash])
        basePath = String(path)
        isCustom = true
        self.region = service.isGlobal ? AWSPartition(region: region).homeRegion : region
        self.service = service
    }

    /// Whether the connection is encrypted.
    package var isEncrypted: Bool { scheme == "https" }

    /// Whether a bucket's name becomes part of the host: only with AWS's own hosts, and only where
    /// the name is one label that the certificate covers.
    func isVirtualHosted(bucket: String) -> Bool {
        !isCustom && (3...63).contains(bucket.utf8.count)
            && bucket.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }
}
