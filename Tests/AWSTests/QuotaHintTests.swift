import AWS
import Diagnostics
import Foundation
import HTTP
import TestSupport
import Testing

/// What AWS refuses by a quota or a date has a hint of its own, which says what to do about that.
@Suite struct QuotaHintTests {
    private func problem<Call: AWSOperation>(
        _ code: String, _ call: Call
    ) async throws -> Diagnostic? {
        let body = "<Response><Errors><Error><Code>\(code)</Code></Error></Errors></Response>"
        let answer = HTTPResponse(status: 400, body: Array(body.utf8))
        let client = AWSClient(
            configuration: try AWSConfiguration.load(environment: [:]) { _ in nil },
            transport: ScriptedTransport([.answer(answer)]), time: TestClock(),
            credentials: FixedCredentials(
                AWSCredentials(
                    accessKeyId: "AK", secretAccessKey: Secret("s"), origin: "the test")))
        return await #expect(throws: Diagnostic.self) {
            _ = try await client.call(call, region: "eu-central-1")
        }
    }

    // Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    @Test(arguments: [
        ("SnapshotLimitExceeded", "delete snapshots that nobody needs"),
        ("ConcurrentSnapshotLimitExceeded", "wait until the snapshots in the making are done"),
        ("PendingSnapshotLimitExceeded", "wait until the snapshots in the making are done"),
        ("SnapshotCreationPerVolumeRateExceeded", "wait until the snapshots in the making"),
        ("VcpuLimitExceeded", "raise the quota"),
        ("RequestExpired", "sign in again if the credentials (the test) are temporary"),
    ])
    func `a refused image says what is used up`(code: String, hint: String) async throws {
        let problem = try await problem(code, CreateImage(instanceId: "i-1", name: "n"))
        #expect(problem?.code == "aws.\(code)")
        #expect(problem?.hint?.contains(hint) == true)
        #expect(problem?.isTrouble == false)
    }

    /// EC2 has one code for many quotas: the call tells which it is.
    /// Source: https://github.com/NixOS/amis/issues/37
    @Test func `a public image too many is no export too many`() async throws {
        let code = "ResourceLimitExceeded"
        let published = try await problem(
            code, ModifyImageAttribute(imageId: "ami-1", change: .makePublic))
        #expect(published?.hint?.contains("quota of public AMIs (`L-0E3CBAB9`)") == true)
        let other = try await problem(code, CreateImage(instanceId: "i-1", name: "n"))
        #expect(other?.hint?.hasPrefix("raise the quota") == true)
    }
}
