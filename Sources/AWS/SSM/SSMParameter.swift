/// One parameter of the Parameter Store.
package struct SSMParameter: Sendable, Equatable, Decodable {
    package let name: String
    package let value: String
    package let version: Int?

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case value = "Value"
        case version = "Version"
    }
}
