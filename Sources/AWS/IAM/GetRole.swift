import Diagnostics

/// Reads a role and who may assume it.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
package struct GetRole: AWSOperation {
    package static let action = AWSAction(.iam, "GetRole", retry: .safe)

    package var roleName: String

    /// Makes the call; see the properties.
    package init(roleName: String) {
        self.roleName = roleName
    }

    /// One role.
    package struct Role: Sendable, Equatable {
        package let arn: String
        /// Who may assume it: a policy document in JSON.
        package let trustPolicy: String
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("RoleName", roleName)
    }

    package func decode(_ response: WireResponse) throws -> Role {
        let role = try response.xml().child("Role")
        let encoded = try role.required("AssumeRolePolicyDocument")
        guard let policy = PercentEncoding.decode(encoded) else {
            throw Diagnostic(
                code: "aws.wire", summary: "the policy of role `\(roleName)` is not URL-encoded",
                hint: "run the command again; if it stays so, check the endpoint")
        }
        return Role(arn: try role.required("Arn"), trustPolicy: policy)
    }
}
