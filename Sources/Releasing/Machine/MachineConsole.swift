import AWS
import BuildGraph
import Diagnostics
import QEMU

/// What EC2 kept of a machine's console, for who asks why the machine does not answer.
struct MachineConsole {
    let aws: any AWSCaller
    let region: String

    /// A problem with the console's last lines behind its causes, or why there are none.
    ///
    /// - Parameter log: gets all that there is.
    func explaining(
        _ problem: Diagnostic, instanceId: String, log: StageLog
    ) async -> Diagnostic {
        var explained = problem
        do {
            let text = try await text(instanceId)
            if !text.isEmpty { log.add("the console of \(instanceId):\n\(text)") }
            let lines = ConsoleText.lastLines(of: text)
            explained.causes += lines.isEmpty ? ["EC2 has no console output of it yet"] : lines
        } catch {
            let reason = Diagnostic.from(error).summary
            explained.causes.append("its console cannot be read: \(reason)")
        }
        return explained
    }

    /// The newest lines where the machine's type has them; on Xen there are those of its start.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-console.html
    private func text(_ instanceId: String) async throws -> String {
        do {
            return try await aws.call(
                GetConsoleOutput(instanceId: instanceId, isLatest: true), region: region)
        } catch {
            return try await aws.call(GetConsoleOutput(instanceId: instanceId), region: region)
        }
    }
}
