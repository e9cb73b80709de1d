import AWS
import Diagnostics

/// A secret that a project's builds get as a variable, and whether it is there.
package struct BuildSecret: Sendable, Equatable {
    /// Where CodeBuild looks it up.
    package enum Store: String, Sendable {
        case secretsManager = "SECRETS_MANAGER"
        case parameterStore = "PARAMETER_STORE"
    }

    /// What a look says.
    enum Presence: Sendable, Equatable {
        case there
        case missing
        /// Scheduled for deletion, so that nobody reads it any more.
        case ending
        /// The caller may not look.
        case hidden
    }

    let variable: String
    let store: Store
    /// The name or ARN; for a parameter also with its version or label.
    let id: String

    /// The secret behind a variable; nil for one whose value stands in the project.
    ///
    /// Source: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html>
    init?(_ variable: BatchGetProjects.Variable) {
        guard let store = variable.type.flatMap(Store.init) else { return nil }
        self.variable = variable.name
        self.store = store
        id = store == .secretsManager ? Self.secretId(variable.value) : variable.value
    }

    /// What stands before JSON key, version stage and version: a name, or an ARN of seven parts.
    ///
    /// Source: <https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html>
    static func secretId(_ value: String) -> String {
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        return parts.prefix(parts.first == "arn" ? 7 : 1).joined(separator: ":")
    }

    /// Looks whether it is there, without reading it.
    func look(_ aws: any AWSCaller, region: String) async throws -> Presence {
        do {
            switch store {
            case .secretsManager:
                let found = try await aws.call(DescribeSecret(secretId: id), region: region)
                return found.deletedDate == nil ? .there : .ending
            case .parameterStore:
                // Without decryption the value of a secret stays what it is.
                _ = try await aws.call(GetParameter(name: id), region: region)
                return .there
            }
        } catch let problem as Diagnostic {
            if Self.absences.contains(problem.code) { return .missing }
            if problem.isDenial { return .hidden }
            throw problem
        }
    }

    private static let absences: Set = [
        "aws.ResourceNotFoundException", "aws.ParameterNotFound", "aws.ParameterVersionNotFound",
    ]

    /// What is wrong with it; nil where nothing is known to be.
    func complaint(_ presence: Presence, region: String) -> String? {
        switch presence {
        case .there, .hidden: nil
        case .missing: "there is no \(what) in `\(region)`, which `\(variable)` is to hold"
        case .ending: "\(what), which `\(variable)` is to hold, is scheduled for deletion"
        }
    }

    var what: String { "\(store == .secretsManager ? "secret" : "parameter") `\(id)`" }

    /// How it comes to be there.
    func remedy(_ presence: Presence, region: String) -> String {
        switch (store, presence) {
        case (.secretsManager, .ending):
            "`aws secretsmanager restore-secret --secret-id \(id) --region \(region)`"
        case (.secretsManager, _):
            "`aws secretsmanager create-secret --name \(id) --region \(region) "
                + "--secret-string TEXT`"
        case (.parameterStore, _):
            "`aws ssm put-parameter --name \(id) --region \(region) --type SecureString "
                + "--value TEXT`"
        }
    }
}
