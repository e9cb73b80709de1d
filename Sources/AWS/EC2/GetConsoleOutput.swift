import FoundationEssentials

/// Reads what a machine wrote to its console.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
package struct GetConsoleOutput: AWSOperation {
    package static let action = AWSAction(.ec2, "GetConsoleOutput", retry: .safe)

    package var instanceId: String
    /// The newest output, on machine types that have it.
    package var isLatest: Bool?

    /// Makes the call; see the properties.
    package init(instanceId: String, isLatest: Bool? = nil) {
        self.instanceId = instanceId
        self.isLatest = isLatest
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("InstanceId", instanceId)
        request.form.field("Latest", isLatest)
    }

    package func decode(_ response: WireResponse) throws -> String {
        let encoded = try response.xml().text("output") ?? ""
        return Data(base64Encoded: encoded, options: .ignoreUnknownCharacters)
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
