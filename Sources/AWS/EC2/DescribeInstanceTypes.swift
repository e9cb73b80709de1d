/// Describes kinds of machines.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html
package struct DescribeInstanceTypes: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeInstanceTypes", retry: .safe)

    /// Such as `t3.medium`; at most 100.
    package var instanceTypes: [String]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(instanceTypes: [String] = [], pageToken: String? = nil) {
        self.instanceTypes = instanceTypes
        self.pageToken = pageToken
    }

    /// One kind of machine.
    package struct InstanceType: Sendable, Equatable {
        package let name: String
        /// Virtual processors, as the quotas count them.
        package let vcpus: Int64
        /// Such as `x86_64`.
        package let architectures: [String]
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("InstanceType", instanceTypes)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<InstanceType> {
        let body = try response.xml()
        return AWSPage(
            items: try body.items("instanceTypeSet").map { item in
                InstanceType(
                    name: try item.required("instanceType"),
                    vcpus: try item["vCpuInfo"]?.integer("defaultVCpus") ?? 0,
                    architectures: item["processorInfo"]?.items("supportedArchitectures")
                        .map(\.text) ?? [])
            }, nextToken: body.text("nextToken"))
    }
}
