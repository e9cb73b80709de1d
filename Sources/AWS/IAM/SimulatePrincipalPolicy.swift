/// Asks IAM what an identity's policies would say to actions; nothing is done.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
package struct SimulatePrincipalPolicy: AWSPagedOperation {
    package static let action = AWSAction(.iam, "SimulatePrincipalPolicy", retry: .safe)

    /// The user's or role's ARN.
    package var principalArn: String
    /// Such as `s3:PutObject`.
    package var actions: [String]
    /// What the actions are about; everything where it is empty.
    package var resourceArns: [String]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(
        principalArn: String, actions: [String], resourceArns: [String] = [],
        pageToken: String? = nil
    ) {
        self.principalArn = principalArn
        self.actions = actions
        self.resourceArns = resourceArns
        self.pageToken = pageToken
    }

    /// What the policies say to one action.
    package struct Evaluation: Sendable, Equatable {
        package let action: String
        package let isAllowed: Bool
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("PolicySourceArn", principalArn)
        request.form.list("ActionNames", actions)
        request.form.list("ResourceArns", resourceArns)
        request.form.field("Marker", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<Evaluation> {
        let result = try response.xml()
        return AWSPage(
            items: try result.items("EvaluationResults").map { item in
                Evaluation(
                    action: try item.required("EvalActionName"),
                    isAllowed: try item.required("EvalDecision") == "allowed")
            }, nextToken: result.text("Marker"))
    }
}
