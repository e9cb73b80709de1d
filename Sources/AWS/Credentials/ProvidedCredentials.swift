import Diagnostics
import FoundationEssentials
import JSON

/// The JSON form in which programs, containers and the metadata service hand out credentials.
enum ProvidedCredentials {
    /// Reads it; no value gets into an error.
    ///
    /// - Throws: `aws.credentials` naming what is missing.
    static func read(_ text: String, tokenName: String, origin: String) throws -> AWSCredentials {
        guard let json = try? JSONValue.parse(Array(text.utf8), source: "credentials") else {
            throw CredentialFailure.unusable(origin, "the answer is no JSON")
        }
        func required(_ name: String) throws -> String {
            guard let value = json[name]?.stringValue, !value.isEmpty else {
                throw CredentialFailure.unusable(origin, "the answer has no `\(name)`")
            }
            return value
        }
        var expiration: Date?
        if let text = json["Expiration"]?.stringValue {
            guard let date = ISOTime.date(text) else {
                throw CredentialFailure.unusable(origin, "its `Expiration` is no ISO 8601 time")
            }
            expiration = date
        }
        return AWSCredentials(
            accessKeyId: try required("AccessKeyId"),
            secretAccessKey: Secret(try required("SecretAccessKey")),
            sessionToken: json[tokenName]?.stringValue.map { Secret($0) },
            expiration: expiration, isRenewable: true, origin: origin)
    }
}
