import Diagnostics
import FoundationEssentials
import Glibc
import HTTP
import JSON

/// Reads the error out of an answer, in whichever form the service writes it.
enum ErrorReader {
    /// Longer messages (an encoded authorization failure) are cut.
    private static let longestMessage = 600

    /// Reads an answer whose status or body says that it failed.
    static func read(_ response: HTTPResponse, action: AWSAction, wire: WireRequest)
        -> AWSServiceError
    {
        let found: Found =
            switch action.service.wireProtocol {
            case .json, .restJson: json(response)
            case .ec2Query, .awsQuery, .restXml: xml(response.body)
            }
        let code = found.code ?? fallbackCode(response.status, wire: wire)
        let requestId =
            found.requestId ?? response.header("x-amzn-requestid")
            ?? response.header("x-amz-request-id")
        return AWSServiceError(
            code: code,  // Half of a secret would not be known as one.
            message: String(ShownText.redacted(found.message ?? "").prefix(longestMessage)),
            status: response.status, requestId: requestId,
            retryAfterSeconds: retryAfter(response),
            serverDate: response.header("date").flatMap(HTTPDate.date),
            bucketRegion: response.header("x-amz-bucket-region") ?? found.region)
    }

    /// Whether a body that came with status 200 is an error all the same.
    static func isError(_ body: [UInt8]) -> Bool {
        (try? XMLReader.parse(body))?.name == "Error"
    }

    private struct Found {
        var code: String?
        var message: String?
        var requestId: String?
        var region: String?
    }

    private static func xml(_ body: [UInt8]) -> Found {
        guard !body.isEmpty, let root = try? XMLReader.parse(body) else { return Found() }
        // S3 answers <Error>, awsQuery <ErrorResponse><Error>, EC2 <Response><Errors><Error>.
        let error = root.name == "Error" ? root : (root["Error"] ?? root["Errors"]?["Error"])
        guard let error else { return Found() }
        return Found(
            code: error.text("Code"), message: error.text("Message"),
            requestId: root.text("RequestId") ?? root.text("RequestID"),
            region: error.text("Region"))
    }

    private static func json(_ response: HTTPResponse) -> Found {
        let body = try? JSONValue.parse(response.body, source: "the answer")
        let type = response.header("x-amzn-errortype") ?? body?["__type"]?.stringValue
        // `com.amazonaws.ssm#ParameterNotFound:http://…`
        let code = type?.split(separator: ":").first?.split(separator: "#").last.map(String.init)
        let message =
            body?["message"]?.stringValue ?? body?["Message"]?.stringValue
            ?? body?["error_description"]?.stringValue
        return Found(code: code, message: message)
    }

    /// A HEAD request's refusal has no body to name it; the codes are those that a GET would get.
    private static func fallbackCode(_ status: Int, wire: WireRequest) -> String {
        switch status {
        case 301: "PermanentRedirect"
        case 307: "TemporaryRedirect"
        case 304: "NotModified"
        case 400: "BadRequest"
        case 401, 403: "AccessDenied"
        case 404 where wire.action.service == .s3: wire.key == nil ? "NoSuchBucket" : "NoSuchKey"
        case 409: "Conflict"
        case 412: "PreconditionFailed"
        case 500: "InternalError"
        case 502, 503, 504: "ServiceUnavailable"
        default: "http-\(status)"
        }
    }

    private static func retryAfter(_ response: HTTPResponse) -> Double? {
        if let text = response.header("x-amz-retry-after"), let milliseconds = Double(text),
            milliseconds >= 0
        {
            return milliseconds / 1000
        }
        guard let text = response.header("retry-after") else { return nil }
        if let seconds = Double(text) { return seconds >= 0 ? seconds : nil }
        guard let until = HTTPDate.date(text),
            let now = response.header("date").flatMap(HTTPDate.date)
        else { return nil }
        return max(0, until.timeIntervalSince(now))
    }
}
