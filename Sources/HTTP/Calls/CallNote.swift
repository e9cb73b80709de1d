/// One request as who looks for a fault sees it: no headers, no body, no query, and so no secret.
package struct CallNote: Sendable, Equatable {
    /// How a request ended.
    package enum End: Sendable, Equatable {
        case answered(status: Int, requestId: String?)
        /// Nothing whole came back: the failure's kind, or the error's type.
        case lost(String)
    }

    /// `GET`, `PUT` and so on.
    package let method: String
    /// Where it went, without a query, a user, or a password; without a path where `operation` is
    /// nil.
    package let address: String
    /// What it is for, such as `ec2:DescribeImages` or `read release 7`.
    package let operation: String?
    package let milliseconds: Int
    package let end: End

    /// What servers call a request by, in the headers of their answers.
    private static let idHeaders = [
        "x-amzn-requestid", "x-amz-request-id", "x-github-request-id",
    ]

    init(_ request: HTTPRequest, seconds: Double, _ outcome: Result<HTTPResponse, any Error>) {
        method = request.method
        let whole = request.url.prefix { $0 != "?" && $0 != "#" }
        let path = Self.path(whole)
        if let socket = request.unixSocketPath {
            address = "unix:\(socket)\(path)"
        } else {
            // Of who is asked for credentials, and is no service, the path may be the key.
            address = Self.origin(whole) + (request.operation == nil ? "" : path)
        }
        operation = request.operation
        milliseconds = Int((seconds * 1000).rounded())
        switch outcome {
        case .success(let response):
            let ids = Self.idHeaders.lazy.compactMap { response.header($0) }
            end = .answered(status: response.status, requestId: ids.first)
        case .failure(let failure as HTTPFailure): end = .lost(failure.kind.rawValue)
        case .failure(is CancellationError): end = .lost("cancelled")
        case .failure(let error): end = .lost("\(type(of: error))")
        }
    }

    /// Scheme, host and port; never a user or a password.
    private static func origin(_ url: Substring) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        let host = url[scheme.upperBound...].prefix { $0 != "/" }
        let start = host.lastIndex(of: "@").map { host.index(after: $0) } ?? host.startIndex
        return "\(url[..<scheme.upperBound])\(host[start...])"
    }

    /// What follows the host.
    private static func path(_ url: Substring) -> Substring {
        guard let scheme = url.firstRange(of: "://") else { return url }
        return url[scheme.upperBound...].drop { $0 != "/" }
    }

    /// Such as `POST https://ec2.eu-central-1.amazonaws.com/ ec2:DescribeImages: 200 in 132 ms,
    /// request id 3f2c`.
    package var text: String {
        let head = "\(method) \(address)" + (operation.map { " \($0)" } ?? "") + ": "
        switch end {
        case .answered(let status, let id):
            return head + "\(status) in \(milliseconds) ms"
                + (id.map { ", request id \($0)" } ?? "")
        case .lost(let why): return head + "\(why) after \(milliseconds) ms"
        }
    }
}
