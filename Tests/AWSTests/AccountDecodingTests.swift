import HTTP
import Testing

@testable import AWS

@Suite struct AccountDecodingTests {
    /// The answer with its own root in place of `R`.
    private static func named(_ body: String, _ action: AWSAction) -> String {
        body.replacing("<R>", with: "<\(action.name)Response>")
            .replacing("</R>", with: "</\(action.name)Response>")
    }

    private func decode<O: AWSOperation>(_ operation: O, _ body: String) throws -> O.Output {
        try operation.decode(
            WireResponse(
                action: O.action,
                http: HTTPResponse(status: 200, body: Array(Self.named(body, O.action).utf8))))
    }

    @Test func `a role's trust policy is decoded`() throws {
        let role = try decode(
            GetRole(roleName: "r"),
            """
            <GetRoleResponse><GetRoleResult><Role><Arn>arn:aws:iam::1:role/r</Arn>
            <AssumeRolePolicyDocument>%7B%22a%22%3A%22b+c%22%7D</AssumeRolePolicyDocument>
            </Role></GetRoleResult></GetRoleResponse>
            """)
        #expect(role == .init(arn: "arn:aws:iam::1:role/r", trustPolicy: #"{"a":"b+c"}"#))
    }

    @Test func `only an allowed action is allowed`() throws {
        let members = ["allowed", "explicitDeny", "implicitDeny"].map {
            "<member><EvalActionName>s3:\($0)</EvalActionName>"
                + "<EvalDecision>\($0)</EvalDecision></member>"
        }.joined()
        let page = try decode(
            SimulatePrincipalPolicy(principalArn: "p", actions: []),
            "<R><SimulatePrincipalPolicyResult><EvaluationResults>\(members)</EvaluationResults>"
                + "<Marker>m</Marker></SimulatePrincipalPolicyResult></R>")
        #expect(page.items.map(\.isAllowed) == [true, false, false])
        #expect(page.nextToken == "m")
    }

    @Test func `quotas, kinds of machines and networks are read`() throws {
        let usual = try decode(
            GetAWSDefaultServiceQuota(QuotaName(serviceCode: "ec2", quotaCode: "L-1")),
            #"{"Quota": {"Value": 5.0}}"#)
        #expect(usual == 5)
        let quota = try decode(
            GetServiceQuota(QuotaName(serviceCode: "ec2", quotaCode: "L-1")),
            #"{"Quota": {"Value": 32.0}}"#)
        #expect(quota == 32)
        let types = try decode(
            DescribeInstanceTypes(),
            """
            <R><instanceTypeSet><item><instanceType>t3.medium</instanceType>
            <vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo>
            <processorInfo><supportedArchitectures><item>x86_64</item></supportedArchitectures>
            </processorInfo></item></instanceTypeSet></R>
            """)
        #expect(
            types.items == [.init(name: "t3.medium", vcpus: 2, architectures: ["x86_64"])])
        let subnets = try decode(
            DescribeSubnets(),
            """
            <R><subnetSet><item><subnetId>s</subnetId><availabilityZone>a</availabilityZone>
            <defaultForAz>true</defaultForAz><mapPublicIpOnLaunch>false</mapPublicIpOnLaunch>
            </item></subnetSet></R>
            """)
        #expect(
            subnets.items == [
                .init(id: "s", zone: "a", isDefault: true, givesPublicAddresses: false)
            ])
    }

    @Test func `a service of all regions has one host and one signing region a partition`() throws {
        for (region, host, home) in [
            ("eu-central-1", "iam.amazonaws.com", "us-east-1"),
            ("cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
        ] {
            let endpoint = try AWSEndpoint(service: .iam, region: region)
            #expect(endpoint.authority == host && endpoint.region == home)
        }
    }
}
