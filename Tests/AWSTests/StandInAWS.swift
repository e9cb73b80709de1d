import Foundation
import HTTP
import JSON
import Testing

/// Answers requests with keys that say what was asked, as `Judges/configurations.py` does.
struct StandInAWS: HTTPTransport {
    let hasMachine: Bool

    func send(_ request: HTTPRequest, limitBytes: Int) async throws -> HTTPResponse {
        HTTPResponse(status: 200, body: Array(try answer(request).utf8))
    }

    func stream(
        _ request: HTTPRequest, onHead: @Sendable (HTTPResponse) async throws -> Void,
        onBody: @Sendable ([UInt8]) async throws -> Void
    ) async throws -> HTTPResponse { throw CancellationError() }

    private func answer(_ request: HTTPRequest) throws -> String {
        let parts = try #require(URLComponents(string: request.url))
        var place = request.url.components(separatedBy: "://")[1]
        place = place.components(separatedBy: "?")[0]
        let host = place.components(separatedBy: "/")[0]
        if parts.path.contains("/latest/") { return try metadata(request, host, parts.path) }
        var body = ""
        if case .bytes(let bytes) = request.body { body = String(decoding: bytes, as: UTF8.self) }
        if parts.path.contains("federation/credentials") {
            let query = Self.fields(parts.percentEncodedQuery ?? "")
            let said = [
                "sso", query["account_id"] ?? "", query["role_name"] ?? "",
                Self.header("x-amz-sso_bearer_token", request),
            ].joined(separator: "|")
            return """
                {"roleCredentials": {"accessKeyId": "\(said)", "secretAccessKey": "s",
                "sessionToken": "t", "expiration": 4070908800000}}
                """
        }
        if parts.path.hasSuffix("/token") {
            let said = try JSONValue.parse(Array(body.utf8), source: "")["refreshToken"]
            return "{\"accessToken\": \"renewed-\(said?.stringValue ?? "")\", \"expiresIn\": 3600}"
        }
        if body.contains("Action=") { return Self.role(Self.fields(body), request) }
        return Self.keys("container|\(place)|\(Self.header("authorization", request))")
    }

    private func metadata(_ request: HTTPRequest, _ host: String, _ path: String) throws -> String {
        guard hasMachine else {
            throw HTTPFailure(
                kind: .connectTimeout, message: "none", host: host,
                requestMayHaveReachedServer: false)
        }
        if request.method == "PUT" { return "token" }
        return path.hasSuffix("/security-credentials/")
            ? "machine-role" : Self.keys("machine|\(host)")
    }

    private static func role(_ form: [String: String], _ request: HTTPRequest) -> String {
        let action = form["Action"] ?? ""
        let signed = header("authorization", request)
        let signer = signed.firstMatch(of: /Credential=([^\/]*)\//).map { String($0.1) } ?? ""
        let session = form["RoleSessionName"] ?? ""
        let said = [
            action, form["RoleArn"] ?? "", signer, header("x-amz-security-token", request),
            form["ExternalId"] ?? "", form["DurationSeconds"] ?? "",
            session.hasPrefix("dssbatch-") ? "" : session, form["WebIdentityToken"] ?? "",
        ].joined(separator: "|")
        return """
            <\(action)Response><\(action)Result><Credentials><AccessKeyId>\(said)</AccessKeyId>\
            <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
            <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></\(action)Result>\
            </\(action)Response>
            """
    }

    private static func keys(_ text: String) -> String {
        """
        {"AccessKeyId": "\(text)", "SecretAccessKey": "s", "Token": "t",
        "Expiration": "2099-01-01T00:00:00Z"}
        """
    }

    private static func header(_ name: String, _ request: HTTPRequest) -> String {
        request.headers.first { $0.name == name }?.value ?? ""
    }

    private static func fields(_ text: String) -> [String: String] {
        text.components(separatedBy: "&").reduce(into: [:]) { fields, pair in
            let parts = pair.components(separatedBy: "=")
            fields[parts[0]] = parts.count > 1 ? parts[1].removingPercentEncoding : ""
        }
    }
}
