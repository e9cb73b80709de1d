import Diagnostics

/// The shared files `config` and `credentials`, merged.
struct SharedFiles: Sendable {
    let configPath: String
    let credentialsPath: String
    private let profiles: [String: SharedProfile]
    private let services: [String: SharedProfile.Section]
    private let sessions: [String: SharedProfile.Section]

    /// Reads both; a file that does not exist is empty.
    ///
    /// - Parameters:
    ///   - environment: this process's variables.
    ///   - home: a user's folder, or that of who runs this process for nil.
    ///   - readFile: a file's text, or nil where it does not exist.
    /// - Throws: `aws.config-syntax`, or what `readFile` throws.
    init(
        environment: AWSEnvironment, home: (_ user: String?) -> String?,
        readFile: (_ path: String) throws -> String?
    ) throws {
        func path(_ variable: String, _ name: String) -> String {
            environment.expanded(environment[variable] ?? "~/.aws/\(name)", home: home)
        }
        configPath = path("AWS_CONFIG_FILE", "config")
        credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        var config: [String: [String: SharedProfile.Section]] = [:]
        if let text = try readFile(configPath) {
            // Of two sections that mean one profile the later counts, as with botocore.
            for (section, values) in try INIFile(text, path: configPath).sections {
                if section == "default" {
                    config["profile", default: [:]]["default"] = values
                } else if let kind = Self.kinds.first(where: { section.hasPrefix($0) }),
                    let words = ShellWords.split(section), words.count == 2
                {
                    config[kind, default: [:]][words[1]] = values
                }
            }
        }
        services = config["services"] ?? [:]
        sessions = config["sso-session"] ?? [:]
        var profiles = (config["profile"] ?? [:]).reduce(into: [String: SharedProfile]()) {
            $0[$1.key] = SharedProfile(name: $1.key, config: $1.value)
        }
        if let text = try readFile(credentialsPath) {
            for (name, values) in try INIFile(text, path: credentialsPath).sections {
                profiles[name] = SharedProfile(
                    name: name, config: config["profile"]?[name] ?? [:], credentials: values)
            }
        }
        self.profiles = profiles
    }

    /// What the sections of the configuration file begin with, but for `[default]`.
    private static let kinds = ["profile", "sso-session", "services"]

    /// The section `sso-session` of that name; nil where there is none.
    func session(_ name: String) -> SharedProfile? {
        sessions[name].map { SharedProfile(name: name, config: $0) }
    }

    /// The profile of that name; nil where neither file has it.
    func profile(_ name: String) -> SharedProfile? {
        profiles[name]
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
