import AWS
package import BuildGraph
import Diagnostics

extension DeployStack {
    private static let connectionParameter = "GitHubConnectionArn"
    private static let serverType = "GITHUB"

    /// A webhook needs a credential for its source in the account and region: without one the
    /// stack would roll back after minutes.
    ///
    /// - Throws: `stack.no-source-credential`.
    ///
    /// Source: https://docs.aws.amazon.com/codebuild/latest/userguide/access-tokens-github.html
    package func preflight(_ context: StageContext) async throws {
        let text = try StackDeployment.template(stack.template, of: project)
        guard Self.makesWebhook(text), !hasConnection else { return }
        let credentials = try await services.aws.call(
            ListSourceCredentials(), region: stack.region)
        guard !credentials.contains(where: { $0.serverType == Self.serverType }) else { return }
        throw Diagnostic(
            code: "stack.no-source-credential",
            summary: "no credential for GitHub in CodeBuild of region `\(stack.region)`",
            location: "/stacks/\(stack.stage)",
            causes: ["stack `\(stack.name)` makes a webhook, which CodeBuild registers at GitHub"],
            hint: "once for each account and region: `aws codebuild import-source-credentials "
                + "--region \(stack.region) --server-type GITHUB --auth-type "
                + "PERSONAL_ACCESS_TOKEN --token TOKEN`, or name a connection in "
                + "`/stacks/\(stack.stage)/parameters/\(Self.connectionParameter)`")
    }

    /// Whether a template's text asks CodeBuild for a webhook.
    static func makesWebhook(_ template: String) -> Bool {
        template.split(separator: "\n").contains { line in
            line.prefix { $0 != "#" }.split(separator: " ") == ["Webhook:", "true"]
        }
    }

    private var hasConnection: Bool {
        stack.parameters.contains {
            $0.name == Self.connectionParameter && $0.value != .text("")
        }
    }
}
