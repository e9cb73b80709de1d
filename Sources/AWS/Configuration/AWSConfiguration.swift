package import Diagnostics

/// What the environment, the shared files and the command line say about how to call AWS.
package struct AWSConfiguration: Sendable {
    /// The region to use where nothing else names one; nil where nothing is configured.
    package let region: String?
    /// Certificate authorities for connections to AWS; nil for the system's.
    let caBundlePath: String?
    /// Attempts in all for one call.
    package let maxAttempts: Int
    /// The profile that applies; nil where there is none of that name and nobody asked for one.
    package let profile: SharedProfile?
    /// Whether the command line named the profile, so that keys in the environment do not count.
    let isProfileExplicit: Bool
    let environment: AWSEnvironment
    let files: SharedFiles
    let readFile: @Sendable (String) throws -> String?
    let writeFile: @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void
    /// Which of AWS's own hosts are called; S3 may have a wish of its own.
    let variant: EndpointVariant
    private let home: @Sendable (_ user: String?) -> String?
    let endpoints: [AWSService: String]

    /// Reads everything that is configured; asks nothing of the network.
    ///
    /// - Parameters:
    ///   - environment: this process's variables.
    ///   - profile: `--aws-profile`.
    ///   - region: `--region`.
    ///   - endpointUrl: `--endpoint-url`, for every service.
    ///   - readFile: a file's text, or nil where it does not exist.
    ///   - home: a user's folder, or that of who runs this process for nil.
    ///   - writeFile: replaces a file that nobody else may read.
    /// - Throws: `aws.profile-not-found`, `aws.config-syntax`, `aws.config-value`.
    package static func load(
        environment: [String: String], profile: String? = nil, region: String? = nil,
        endpointUrl: String? = nil,
        readFile: @escaping @Sendable (_ path: String) throws -> String? = Self.fileText,
        home: @escaping @Sendable (_ user: String?) -> String? = UserHome.listed,
        writeFile: @escaping @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void =
            Self.replacePrivateFile
    ) throws -> AWSConfiguration {
        let variables = AWSEnvironment(environment)
        let files = try SharedFiles(environment: variables, home: home, readFile: readFile)
        let fromEnvironment = variables.first("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
        let asker =
            variables["AWS_DEFAULT_PROFILE"] == nil ? "`AWS_PROFILE`" : "`AWS_DEFAULT_PROFILE`"
        let chosen: SharedProfile? =
            if let profile {
                try files.required(profile, askedBy: "`--aws-profile`")
            } else if let fromEnvironment {
                try files.required(fromEnvironment, askedBy: asker)
            } else {
                files.profile("default")
            }
        return AWSConfiguration(
            region: try checkedRegion(
                region ?? variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"]
                    ?? chosen?["region"]),
            caBundlePath: variables["AWS_CA_BUNDLE"] ?? chosen?["ca_bundle"]
                ?? variables["REQUESTS_CA_BUNDLE"],
            maxAttempts: try attempts(variables["AWS_MAX_ATTEMPTS"] ?? chosen?["max_attempts"]),
            profile: chosen, isProfileExplicit: profile != nil, environment: variables,
            files: files, readFile: readFile, writeFile: writeFile,
            variant: EndpointVariant(
                isFIPS: isTrue("use_fips_endpoint", variables, chosen),
                isDualStack: isTrue("use_dualstack_endpoint", variables, chosen)),
            home: home,
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

    /// Replaces a file that nobody else may read.
    ///
    /// - Throws: `file.unwritable`, `file.disk-full`.
    package static let replacePrivateFile: @Sendable ([UInt8], String) throws -> Void = {
        try AtomicFile.write($0, to: $1, permissions: 0o600)
    }

    /// What requests to AWS trust; nil for what others trust too.
    package var certificates: CertificateFiles? {
        caBundlePath.map { CertificateFiles(authorityFile: $0) }
    }

    /// A file of the person who runs this, such as `~/.aws/sso/cache/x.json`.
    func ownPath(_ path: String) -> String { environment.expanded(path, home: home) }

    /// A switch of the environment, else of the profile, by the profile's name for it.
    private static func isTrue(
        _ option: String, _ variables: AWSEnvironment, _ profile: SharedProfile?
    ) -> Bool {
        let text = variables["AWS_\(option.uppercased())"] ?? profile?[option]
        return text?.lowercased() == "true"
    }

    /// Where a service is reached.
    ///
    /// An endpoint of one's own is taken as it is, whatever is said of FIPS and dual-stack.
    ///
    /// - Throws: `aws.config-value` where the region or URL is none, or where the partition has no
    ///   endpoint of the kind that is wanted.
    package func endpoint(of service: AWSService, region: String) throws -> AWSEndpoint {
        var region = try Self.checkedRegion(region) ?? region
        var variant = variant
        // Regions of old that are no regions: `fips-us-east-1`, `us-east-1-fips`.
        for mark in ["fips-", "-fips"] where region.contains(mark) {
            region = region.replacing(mark, with: "")
            variant.isFIPS = true
        }
        if service == .s3, profile?.nested("s3", "use_dualstack_endpoint")?.lowercased() == "true" {
            variant.isDualStack = true
        }
        return try endpoints[service].map {
            try AWSEndpoint(customUrl: $0, service: service, region: region)
        } ?? AWSEndpoint(service: service, region: region, variant: variant)
    }

    private static func endpoints(
        _ explicit: String?, _ variables: AWSEnvironment, _ files: SharedFiles,
        _ profile: SharedProfile?
    ) throws -> [AWSService: String] {
        let isIgnored = isTrue("ignore_configured_endpoint_urls", variables, profile)
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
        guard let number = Int(text.trimmed), (1...100).contains(number) else {
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
