import Diagnostics

/// What the environment, the shared files and the command line say about how to call AWS.
package struct AWSConfiguration: Sendable {
    /// The region to use where nothing else names one; nil where nothing is configured.
    package let region: String?
    /// Certificate authorities for every TLS connection; nil for the system's.
    package let caBundlePath: String?
    /// Attempts in all for one call.
    package let maxAttempts: Int
    /// The profile that applies; nil where there is none of that name and nobody asked for one.
    package let profile: SharedProfile?
    /// Whether the command line named the profile, so that keys in the environment do not count.
    let isProfileExplicit: Bool
    let environment: AWSEnvironment
    let files: SharedFiles
    let readFile: @Sendable (String) throws -> String?
    private let endpoints: [AWSService: String]

    /// Reads everything that is configured; asks nothing of the network.
    ///
    /// - Parameters:
    ///   - environment: this process's variables.
    ///   - profile: `--aws-profile`.
    ///   - region: `--region`.
    ///   - endpointUrl: `--endpoint-url`, for every service.
    ///   - readFile: a file's text, or nil where it does not exist.
    /// - Throws: `aws.profile-not-found`, `aws.config-syntax`, `aws.config-value`.
    package static func load(
        environment: [String: String], profile: String? = nil, region: String? = nil,
        endpointUrl: String? = nil,
        readFile: @escaping @Sendable (_ path: String) throws -> String? = Self.fileText
    ) throws -> AWSConfiguration {
        let variables = AWSEnvironment(environment)
        let files = try SharedFiles(environment: variables, readFile: readFile)
        let fromEnvironment = variables["AWS_PROFILE"] ?? variables["AWS_DEFAULT_PROFILE"]
        let chosen: SharedProfile? =
            if let profile {
                try files.required(profile, askedBy: "`--aws-profile`")
            } else if let fromEnvironment {
                try files.required(fromEnvironment, askedBy: "`AWS_PROFILE`")
            } else {
                files.profile("default")
            }
        return AWSConfiguration(
            region: try checkedRegion(
                region ?? variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"]
                    ?? chosen?["region"]),
            caBundlePath: variables["AWS_CA_BUNDLE"] ?? chosen?["ca_bundle"],
            maxAttempts: try attempts(variables["AWS_MAX_ATTEMPTS"] ?? chosen?["max_attempts"]),
            profile: chosen, isProfileExplicit: profile != nil, environment: variables,
            files: files, readFile: readFile,
            endpoints: try endpoints(endpointUrl, variables, files, chosen))
    }

    /// Reads a file of this machine; nil where there is none.
    ///
    /// - Throws: `file.unreadable`, `file.too-big`.
    package static let fileText: @Sendable (String) throws -> String? = { path in
        do {
            return String(decoding: try FileContents.read(path, limitBytes: 1 << 20), as: UTF8.self)
        } catch let problem as Diagnostic where problem.code == "file.not-found" {
            return nil
        }
    }

    /// Where a service is reached.
    ///
    /// - Throws: `aws.config-value` where the region or URL is none.
    package func endpoint(of service: AWSService, region: String) throws -> AWSEndpoint {
        let region = try Self.checkedRegion(region) ?? region
        if let url = endpoints[service] {
            return try AWSEndpoint(customUrl: url, service: service, region: region)
        }
        return AWSEndpoint(service: service, region: region)
    }

    private static func endpoints(
        _ explicit: String?, _ variables: AWSEnvironment, _ files: SharedFiles,
        _ profile: SharedProfile?
    ) throws -> [AWSService: String] {
        let isIgnored =
            (variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]
            ?? profile?["ignore_configured_endpoint_urls"])?.lowercased() == "true"
        var urls: [AWSService: String] = [:]
        for service in AWSService.allCases {
            if let explicit {
                urls[service] = explicit
            } else if !isIgnored {
                urls[service] =
                    try variables["AWS_ENDPOINT_URL_\(service.environmentSuffix)"]
                    ?? variables["AWS_ENDPOINT_URL"]
                    ?? profile.flatMap {
                        try files.serviceSetting("endpoint_url", of: service, for: $0)
                    } ?? profile?["endpoint_url"]
            }
        }
        return urls
    }

    private static func attempts(_ text: String?) throws -> Int {
        guard let text else { return 3 }
        guard let number = Int(text), (1...100).contains(number) else {
            throw badValue("max_attempts", text, "a whole number from 1 to 100")
        }
        return number
    }

    private static func checkedRegion(_ region: String?) throws -> String? {
        guard let region else { return nil }
        let isLabel = region.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard isLabel, !region.isEmpty, !region.hasPrefix("-"), !region.hasSuffix("-") else {
            throw badValue("region", region, "a name such as `eu-central-1`")
        }
        return region
    }

    static func badValue(_ name: String, _ value: String, _ allowed: String) -> Diagnostic {
        Diagnostic(
            code: "aws.config-value", severity: .configuration,
            summary: "the AWS setting `\(name)` is `\(value)`, which is not \(allowed)",
            hint: "correct it on the command line, in the environment or in the profile")
    }
}
