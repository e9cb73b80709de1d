import AWS
import Diagnostics

extension BuildProject {
    private static let connections: Set = ["CODECONNECTIONS", "CODESTAR", "SECRETS_MANAGER"]
    /// Sources that CodeBuild clones with a credential of the region.
    private static let servers: Set = [
        "BITBUCKET", "GITHUB", "GITHUB_ENTERPRISE", "GITLAB", "GITLAB_SELF_MANAGED",
    ]

    /// Takes over what the project's builds need.
    mutating func add(needsOf project: BatchGetProjects.Project) {
        buildsAtOnce = project.concurrentBuildLimit.flatMap { $0 > 0 ? $0 : nil }
        secrets = (project.environment?.environmentVariables ?? []).compactMap(BuildSecret.init)
        let isConnected = project.source?.auth?.type.map(Self.connections.contains) ?? false
        sourceServer = project.source?.type.flatMap {
            Self.servers.contains($0) && !isConnected ? $0 : nil
        }
        quota = project.environment.flatMap {
            .builds(type: $0.type ?? "", computeType: $0.computeType ?? "")
        }
    }

    /// Looks for what a build needs that is about to be started.
    ///
    /// - Parameter warn: told of what may be no obstacle.
    /// - Throws: `codebuild.no-secret`.
    package func requireNeeds(
        region: String, services: Services, warn: @escaping @Sendable (String) -> Void
    ) async throws {
        let finding = try await needs(region: region, services: services)
        switch finding.status {
        case .failed:
            throw Diagnostic(
                code: "codebuild.no-secret", severity: .configuration,
                summary: "builds of project `\(name)` cannot begin: \(finding.message)",
                hint: finding.hint)
        case .warning:
            warn(finding.message + (finding.hint.map { ": \($0)" } ?? ""))
        case .ok, .skipped: break
        }
    }

    /// What is known of the secrets and the credential that its builds need.
    func needs(region: String, services: Services) async throws -> HealthFinding {
        let aws = services.aws
        let looks = try await ConcurrentMap.map(secrets) { secret in
            (secret, try await secret.look(aws, region: region))
        }
        let bad: [HealthFinding] = looks.compactMap { secret, presence in
            secret.complaint(presence, region: region).map {
                .failed($0, hint: secret.remedy(presence, region: region))
            }
        }
        if !bad.isEmpty { return .merged(bad) }
        let hidden = looks.filter { $0.1 == .hidden }.map(\.0.what)
        return .merged([
            .ok("\(secrets.count) secrets for builds of `\(name)`"),
            hidden.isEmpty
                ? .ok("all are there")
                : .warning(
                    "not allowed to look for \(hidden.joined(separator: ", "))",
                    hint: "allow `secretsmanager:DescribeSecret` and `ssm:GetParameter` to know "
                        + "before a build begins"),
            try await SourceCredential.finding(
                server: sourceServer, needsIt: false, region: region, services: services),
        ])
    }

    /// The most builds that run at once, by the project's limit and the account's quota.
    ///
    /// - Parameter warn: told where the quota may not be asked for.
    /// - Returns: nil where nothing is known to bound them.
    /// - Throws: `codebuild.no-builds` where there may be none.
    package func mostAtOnce(
        region: String, services: Services, warn: (String) -> Void
    ) async throws -> Int? {
        guard let quota else { return buildsAtOnce }
        do {
            let limit = Int(try await quota.limit(services.aws, region: region))
            guard limit > 0 else {
                throw Diagnostic(
                    code: "codebuild.no-builds", severity: .configuration,
                    summary: "the account may run no \(quota.what) in `\(region)`",
                    hint: quota.request(1, region: region))
            }
            return min(limit, buildsAtOnce ?? limit)
        } catch let problem as Diagnostic where problem.isDenial {
            warn(
                "not allowed to ask how many builds may run at once "
                    + "(`servicequotas:GetServiceQuota`)")
        } catch let problem as Diagnostic where problem.code == Quota.unknown {
            warn("Service Quotas knows no limit of \(quota.what) in `\(region)`")
        }
        return buildsAtOnce
    }
}

extension Quota {
    /// Those of CodeBuild's Linux containers, by the size of the machine.
    ///
    /// Source: <https://docs.aws.amazon.com/general/latest/gr/codebuild.html>; the codes are as
    /// `aws service-quotas list-service-quotas --service-code codebuild` tells them.
    private static let buildCodes = [
        "BUILD_GENERAL1_SMALL": ("L-9D07B6EF", "Small"),
        "BUILD_GENERAL1_MEDIUM": ("L-2DC20C30", "Medium"),
        "BUILD_GENERAL1_LARGE": ("L-4DDC4A99", "Large"),
        "BUILD_GENERAL1_XLARGE": ("L-04E5CA62", "XLarge"),
        "BUILD_GENERAL1_2XLARGE": ("L-0397D009", "2XLarge"),
    ]

    /// How many builds may run at once on machines of a kind; nil for an unknown kind.
    static func builds(type: String, computeType: String) -> Quota? {
        guard type == "LINUX_CONTAINER", let (code, size) = buildCodes[computeType] else {
            return nil
        }
        return Quota(service: "codebuild", code: code, what: "builds on Linux/\(size)")
    }
}
