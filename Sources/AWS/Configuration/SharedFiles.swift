import Diagnostics

/// The shared files `config` and `credentials`, merged.
struct SharedFiles: Sendable {
    let configPath: String
    let credentialsPath: String
    private let profiles: [String: [String: INIFile.Value]]
    private let services: [String: [String: INIFile.Value]]

    /// Reads both; a file that does not exist is empty.
    ///
    /// - Throws: `aws.config-syntax`, or what `readFile` throws.
    init(
        environment: AWSEnvironment, readFile: (_ path: String) throws -> String?
    ) throws {
        let home = environment["HOME"] ?? ""
        func path(_ variable: String, _ name: String) -> String {
            let path = environment[variable] ?? "~/.aws/\(name)"
            return path.hasPrefix("~/") ? home + path.dropFirst(1) : path
        }
        configPath = path("AWS_CONFIG_FILE", "config")
        credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        var profiles: [String: [String: INIFile.Value]] = [:]
        var services: [String: [String: INIFile.Value]] = [:]
        if let text = try readFile(configPath) {
            for (section, values) in try INIFile(text, path: configPath).sections {
                let words = ShellWords.split(section) ?? []
                if section == "default" {
                    if profiles["default"] == nil { profiles["default"] = values }
                } else if words.count == 2, words[0] == "profile" {
                    profiles[words[1]] = values
                } else if words.count == 2, words[0] == "services" {
                    services[words[1]] = values
                }
            }
        }
        if let text = try readFile(credentialsPath) {
            for (name, values) in try INIFile(text, path: credentialsPath).sections {
                profiles[name, default: [:]].merge(values) { _, fromCredentials in fromCredentials }
            }
        }
        self.profiles = profiles
        self.services = services
    }

    /// The profile of that name; nil where neither file has it.
    func profile(_ name: String) -> SharedProfile? {
        profiles[name].map { SharedProfile(name: name, values: $0) }
    }

    /// The profile of that name.
    ///
    /// - Throws: `aws.profile-not-found`.
    func required(_ name: String, askedBy: String) throws -> SharedProfile {
        guard let found = profile(name) else {
            let known = profiles.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
            throw Diagnostic(
                code: "aws.profile-not-found", severity: .configuration,
                summary: "there is no AWS profile `\(name)`, which \(askedBy) names",
                causes: [
                    "looked into `\(configPath)` and `\(credentialsPath)`",
                    known.isEmpty ? "they hold no profile" : "they hold \(known)",
                ],
                hint: "name one of those, or add it with `aws configure --profile \(name)`")
        }
        return found
    }

    /// A service's setting in the profile's `services` section; nil where there is none.
    ///
    /// - Throws: `aws.config-services` where the section that the profile names does not exist.
    func serviceSetting(_ option: String, of service: AWSService, for profile: SharedProfile)
        throws -> String?
    {
        guard let name = profile["services"] else { return nil }
        guard let section = services[name] else {
            throw Diagnostic(
                code: "aws.config-services", severity: .configuration,
                summary: "\(profile) names the section `services \(name)`, which is not there",
                location: configPath, hint: "add `[services \(name)]` or take the line away")
        }
        guard case .nested(let settings) = section[service.configurationName] else { return nil }
        return settings[option]
    }
}

extension SharedFiles: CustomStringConvertible, CustomReflectable {
    /// The paths alone.
    var description: String { "`\(configPath)` and `\(credentialsPath)`" }
    /// Shows nothing to `dump` and the debugger.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
