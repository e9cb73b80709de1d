import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import AWS

/// Set-ups made by chance, judged by boto3.
///
/// `DSS_AWS_SETUPS` names another number of them.
@Suite(.disabled(if: UnitRun.isOne, "it asks Python; `bin/test --fast` runs it"))
struct ConfigurationJudgeTests {
    private static let count =
        Int(ProcessInfo.processInfo.environment["DSS_AWS_SETUPS"] ?? "") ?? 300
    private static let seed =
        UInt64(ProcessInfo.processInfo.environment["DSS_AWS_SEED"] ?? "") ?? 14

    @Test func `credentials and settings are those that boto3 finds`() async throws {
        var random = SeededGenerator(seed: Self.seed)
        let setUps = (0..<Self.count).map { _ in AWSSetUp(&random) }
        let answers = try await PythonJudge("configurations.py").answers(
            to: setUps.map(\.json))
        var origins: Set<Substring> = []
        for (setUp, answer) in zip(setUps, answers) {
            let ours = await Self.ours(setUp)
            let why = "\(setUp.json.compactText)\n\(answer.compactText)\n\(ours.compactText)"
            #expect(ours["settings"] == answer["settings"], "\(why)")
            if answer["settings"] != .null, !Self.makesNoClient(answer) {
                #expect(ours["credentials"] == answer["credentials"], "\(why)")
            }
            let id = answer["credentials"]?.arrayValue?.first?.stringValue
            origins.insert(id?.prefix { $0 != "|" && !$0.isNumber } ?? "none")
        }
        // Else it would compare failures.
        for origin in [
            "none", "KENV", "KC", "KP", "AssumeRole", "AssumeRoleWithWebIdentity", "sso",
            "container", "machine", "/bin/x",
        ] {
            #expect(origins.contains(Substring(origin)), "seed \(Self.seed): \(origins)")
        }
    }

    /// Whether boto3 could not ask STS, for reasons that `docs/aws-configuration.md` tells.
    private static func makesNoClient(_ answer: JSONValue) -> Bool {
        let why = answer["why"]?.stringValue ?? ""
        return why.hasPrefix("NoRegionError") || why.contains("use the SSO token provider but")
    }

    private static func ours(_ setUp: AWSSetUp) async -> JSONValue {
        let configuration: AWSConfiguration
        do {
            configuration = try AWSConfiguration.load(
                environment: setUp.environment, profile: setUp.profile,
                readFile: { setUp.files[$0] }, home: { $0 == nil ? "/@/listed" : nil },
                writeFile: { _, _ in })
        } catch {
            return ["settings": .null, "credentials": .null, "why": "\(error)".json]
        }
        let (status, text) = setUp.program
        let processes = ScriptedProcessRunner { command in
            let words = ([command.executable] + command.arguments).joined(separator: "|")
            return .init(
                lines: [text.replacingOccurrences(of: "@WORDS@", with: words)], status: status)
        }
        let client = AWSClient(
            configuration: configuration, transport: StandInAWS(hasMachine: setUp.hasMachine),
            time: TestClock(), processes: processes)
        do {
            let found = try await client.currentCredentials()
            return [
                "settings": settings(configuration),
                "credentials": [
                    found.accessKeyId.json, found.secretAccessKey.reveal().json,
                    found.sessionToken?.reveal().json ?? .null,
                ],
            ]
        } catch {
            return [
                "settings": settings(configuration), "credentials": .null, "why": "\(error)".json,
            ]
        }
    }

    private static func settings(_ configuration: AWSConfiguration) -> JSONValue {
        let profile = configuration.profile
        let s3 = profile?.nested("s3", "use_dualstack_endpoint")?.lowercased() == "true"
        let services = AWSService.allCases.filter {
            $0 != .iam && $0 != .cloudFormation && $0 != .ssm
        }
        return [
            "profile": (profile?.name ?? "default").json,
            "region": configuration.region?.json ?? .null,
            "bundle": configuration.caBundlePath?.json ?? .null,
            "attempts": .integer(Int64(configuration.maxAttempts)),
            "fips": configuration.variant.isFIPS.json,
            "dual": configuration.variant.isDualStack.json, "s3": s3.json,
            "endpoints": JSONValue(
                members: services.map {
                    ($0.rawValue, configuration.endpoints[$0]?.json ?? .null)
                }.sorted { $0.0 < $1.0 }),
        ]
    }
}
