import Diagnostics
package import FoundationEssentials
package import HTTP
import Hashing

/// Signature version 4: pure functions of a request, credentials and a date.
///
/// Source:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package enum SigV4 {
    /// What stands for the body in a signature.
    package enum Payload: Sendable, Equatable {
        /// The lower case hexadecimal SHA-256 of the body.
        case sha256(String)
        /// The body is not signed; only over TLS.
        case unsigned

        /// The digest of a body that is in memory.
        package static func of(_ bytes: [UInt8]) -> Payload {
            .sha256(Hexadecimal.text(SHA256.digest(of: bytes)))
        }

        var text: String {
            switch self {
            case .sha256(let digest): digest
            case .unsigned: "UNSIGNED-PAYLOAD"
            }
        }
    }

    /// What a signature is valid for.
    package struct Scope: Sendable {
        package let region: String
        /// The signing name, such as `ec2`; `s3` has path rules of its own.
        package let service: String

        /// Makes a scope.
        package init(region: String, service: String) {
            self.region = region
            self.service = service
        }

        func text(_ stamp: String) -> String {
            "\(stamp.prefix(8))/\(region)/\(service)/aws4_request"
        }
    }

    /// Signs a request in its header form.
    ///
    /// - Parameters:
    ///   - request: with an encoded path and query, and every header that is to be signed.
    ///   - payload: what stands for the body.
    ///   - credentials: what signs it.
    ///   - scope: region and service.
    ///   - date: the moment of signing.
    /// - Returns: the headers to add, `authorization` last. `host` is signed but not returned: the
    ///   transport writes it.
    /// - Throws: `aws.request` where the URL cannot be read.
    package static func sign(
        _ request: HTTPRequest, payload: Payload, credentials: AWSCredentials, scope: Scope,
        date: Date
    ) throws -> [(name: String, value: String)] {
        let url = try SignedURL(request.url)
        let stamp = timestamp(date)
        var added = [(name: "x-amz-date", value: stamp)]
        if let token = credentials.sessionToken {
            added.append(("x-amz-security-token", token.reveal()))
        }
        if scope.service == "s3" { added.append(("x-amz-content-sha256", payload.text)) }
        let headers = CanonicalHeaders(request.headers + added + [("host", url.host)])
        let canonical = [
            request.method, canonicalPath(url.path, service: scope.service),
            canonicalQuery(url.query), headers.lines, headers.names, payload.text,
        ].joined(separator: "\n")
        let signature = signature(of: canonical, credentials: credentials, scope: scope, stamp)
        let credential = "\(credentials.accessKeyId)/\(scope.text(stamp))"
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credential), "
            + "SignedHeaders=\(headers.names), Signature=\(signature)"
        return added + [("authorization", authorization)]
    }

    private static func signature(
        of canonical: String, credentials: AWSCredentials, scope: Scope, _ stamp: String
    ) -> String {
        let digest = Hexadecimal.text(SHA256.digest(of: Array(canonical.utf8)))
        let text = ["AWS4-HMAC-SHA256", stamp, scope.text(stamp), digest].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretAccessKey.reveal())".utf8)
        for part in [String(stamp.prefix(8)), scope.region, scope.service, "aws4_request"] {
            key = HMACSHA256.code(of: Array(part.utf8), key: key)
        }
        return Hexadecimal.text(HMACSHA256.code(of: Array(text.utf8), key: key))
    }

    /// The date as signatures write it: `20261123T180000Z`.
    static func timestamp(_ date: Date) -> String {
        String(
            Timestamp.text(Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)))
                .prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    }
}
