import Testing

@testable import Releasing

@Suite struct LaunchRefusalTests {
    @Test func `a refusal for the vCPU limit says how many the account may run`() {
        let reason = "more vCPU capacity than your current vCPU limit of 5 allows"
        #expect(LaunchRefusal.vcpuLimit(in: reason) == 5)
        #expect(LaunchRefusal.vcpuLimit(in: "no capacity") == nil)
    }

    /// EC2's words, as stacks pass them on.
    @Test(
        arguments: [
            (
                "Instance: We currently do not have sufficient t3.large capacity in the "
                    + "Availability Zone you requested (eu-north-1a).",
                LaunchRefusal.noCapacity
            ),
            (
                "Instance: Your requested instance type (t3.micro) is not supported in your "
                    + "requested Availability Zone (us-east-1e). (Service: Ec2, Status Code: 400)",
                .unsupported
            ),
            (
                "Instance: The requested configuration is currently not supported. (Service: "
                    + "AmazonEC2; Status Code: 400; Error Code: Unsupported; Request ID: 9)",
                .unsupported
            ),
            (
                "Instance: You have requested more vCPU capacity than your current vCPU limit of 5 "
                    + "allows for the instance bucket that the specified instance type belongs to.",
                .vcpuLimit
            ),
            ("x (Service: AmazonEC2; Error Code: VcpuLimitExceeded; Request ID: 1)", .vcpuLimit),
            ("The image id '[ami-1]' does not exist (Error Code: InvalidAMIID.NotFound;)", nil),
            ("SecurityGroup: Resource creation cancelled", nil),
            ("", nil),
        ] as [(String, LaunchRefusal?)])
    func `EC2's words tell what another place or time may change`(
        reason: String, refusal: LaunchRefusal?
    ) {
        #expect(LaunchRefusal(reason: reason) == refusal)
    }
}
