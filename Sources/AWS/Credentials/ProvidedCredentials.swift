import Diagnostics
import FoundationEssentials
import Glibc
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
            guard let date = Timestamp.date(text) ?? OffsetTime.date(text) else {
                throw CredentialFailure.unusable(origin, "its `Expiration` is no RFC 3339 time")
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

/// RFC 3339 with an offset from UTC, which `credential_process` programs write.
enum OffsetTime {
    /// Reads `2026-11-23T18:00:00+01:00`; nil where it is anything else.
    static func date(_ text: String) -> Date? {
        guard text.count > 6, let sign = text.dropLast(5).last, sign == "+" || sign == "-" else {
            return nil
        }
        let offset = text.suffix(5).split(separator: ":").compactMap { Int($0) }
        guard offset.count == 2, let base = Timestamp.date(text.dropLast(6) + "Z") else {
            return nil
        }
        let seconds = Double(offset[0] * 3600 + offset[1] * 60)
        return base.addingTimeInterval(sign == "+" ? -seconds : seconds)
    }
}
