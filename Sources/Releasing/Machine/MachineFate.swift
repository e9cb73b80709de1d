import AWS
import Diagnostics

/// Tells whether a problem with a machine is that the machine has ended.
///
/// A machine that somebody terminated, or EC2 itself, only shows as one that answers no more.
struct MachineFate {
    let aws: any AWSCaller
    let region: String

    /// How the end of a machine shows to whoever works on it.
    private static let symptoms: Set<String> = [
        "ansible.unreachable", "ssh.not-ready", "aws.IncorrectState",
        "aws.IncorrectInstanceState", "aws.InvalidInstanceID.NotFound",
    ]
    private static let living: Set<String> = ["pending", "running"]

    /// A problem, explained where EC2 says that the machine runs no more.
    func explaining(_ problem: Diagnostic, instanceId: String) async -> Diagnostic {
        guard Self.symptoms.contains(problem.code), let state = await end(of: instanceId) else {
            return problem
        }
        return Diagnostic(
            code: "instance.ended",
            summary: "instance `\(instanceId)` ended while it was worked on",
            causes: ["EC2 says that it is \(state)", problem.summary] + problem.causes,
            hint: "see in CloudTrail who ended it, then run the same command again: "
                + "it starts another machine")
    }

    /// What became of it, in EC2's words; nil where it lives, or where EC2 does not say.
    private func end(of instanceId: String) async -> String? {
        do {
            let found = try await aws.all(
                DescribeInstances(instanceIds: [instanceId]), region: region
            ).first
            guard let found, !Self.living.contains(found.state) else { return nil }
            return "`\(found.state)`" + (found.stateReason.map { ": \($0)" } ?? "")
        } catch {
            return Diagnostic.from(error).code.hasPrefix("aws.InvalidInstanceID") ? "gone" : nil
        }
    }
}
