/// Stops machines so that they can start again.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
package struct StopInstances: AWSOperation {
    package static let action = AWSAction(.ec2, "StopInstances", retry: .safe)

    package var instanceIds: [String]

    /// Makes the call; see the properties.
    package init(instanceIds: [String]) {
        self.instanceIds = instanceIds
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("InstanceId", instanceIds)
    }

    package func decode(_ response: WireResponse) throws -> [EC2StateChange] {
        return try response.xml().items("instancesSet").map(EC2StateChange.init)
    }
}
