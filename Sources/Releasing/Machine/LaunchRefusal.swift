/// Why EC2 started no machine, where another place or another time may do.
///
/// A stack's events pass on EC2's words; older ones with the code, newer ones without it.
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>, the
/// events in <https://github.com/trailofbits/algo/issues/1285> and
/// <https://github.com/ned1313/Getting-Started-Terraform/issues/44>
enum LaunchRefusal: String, Sendable, Equatable, CaseIterable {
    case noCapacity = "InsufficientInstanceCapacity"
    case unsupported = "Unsupported"
    case vcpuLimit = "VcpuLimitExceeded"

    private var words: [String] {
        switch self {
        case .noCapacity: ["do not have sufficient", "Insufficient capacity."]
        case .unsupported:
            [
                "is not supported in your requested Availability Zone",
                "requested configuration is currently not supported",
            ]
        case .vcpuLimit: ["than your current vCPU limit of"]
        }
    }

    /// The refusal that the reason of a failed resource tells; nil for another failure.
    init?(reason: String) {
        let found = Self.allCases.first { refusal in
            reason.contains("Error Code: \(refusal.rawValue);")
                || refusal.words.contains { reason.contains($0) }
        }
        guard let found else { return nil }
        self = found
    }

    /// How many vCPUs the account may run, as a refusal for that limit says it.
    static func vcpuLimit(in reason: String) -> Int? {
        reason.firstMatch(of: /your current vCPU limit of (\d+)/).flatMap { Int($0.1) }
    }

    /// In a sentence.
    var explanation: String {
        switch self {
        case .noCapacity: "EC2 has no capacity"
        case .unsupported: "the zone lacks the type"
        case .vcpuLimit: "the account's vCPU limit is reached"
        }
    }
}
