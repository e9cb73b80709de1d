import AWS
package import BuildGraph
import Diagnostics

extension DeployStack {
    private static let connectionParameter = "GitHubConnectionArn"
    private static let serverType = "GITHUB"

    /// Looks for what a project needs.
    ///
    /// A webhook needs a credential for its source in the account and region: without one the
    /// stack would roll back after minutes. Secrets and a credential that only builds need may
    /// come later, and are told.
    ///
    /// - Throws: `stack.no-source-credential`.
    package func preflight(_ context: StageContext) async throws {
        let text = try StackDeployment.template(stack.template, of: project)
        let template = BuildTemplate(text)
        guard template.isProject else { return }
        let values = Dictionary(
            stack.parameters.compactMap { parameter -> (String, String)? in
                guard case .text(let value) = parameter.value else { return nil }
                return (parameter.name, value)
            }, uniquingKeysWith: { $1 })
        for secret in template.secrets(values) {
            let presence = try await secret.look(services.aws, region: stack.region)
            if let complaint = secret.complaint(presence, region: stack.region) {
                context.warn(
                    "\(complaint): no build begins before that: "
                        + secret.remedy(presence, region: stack.region))
            }
        }
        guard !hasConnection else { return }
        let finding = try await SourceCredential.finding(
            server: Self.serverType, needsIt: template.makesWebhook, region: stack.region,
            services: services)
        guard finding.status != .ok else { return }
        guard finding.status == .failed else {
            return context.warn(finding.message + (finding.hint.map { ": \($0)" } ?? ""))
        }
        throw Diagnostic(
            code: "stack.no-source-credential", severity: .configuration,
            summary: finding.message, location: "/stacks/\(stack.stage)",
            causes: ["stack `\(stack.name)` makes a webhook, which CodeBuild registers at GitHub"],
            hint: (finding.hint ?? "") + ", or name a connection in "
                + "`/stacks/\(stack.stage)/parameters/\(Self.connectionParameter)`")
    }

    private var hasConnection: Bool {
        stack.parameters.contains {
            $0.name == Self.connectionParameter && $0.value != .text("")
        }
    }
}
