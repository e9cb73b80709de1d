import Diagnostics
import HTTP

/// Puts a wire request and an endpoint together into an unsigned HTTP request.
enum RequestEncoder {
    static func httpRequest(_ wire: WireRequest, to endpoint: AWSEndpoint) -> HTTPRequest {
        var request: HTTPRequest =
            switch wire.action.service.wireProtocol {
            case .ec2Query, .awsQuery: query(wire, endpoint)
            case .restXml, .restJson: rest(wire, endpoint)
            case .json(let version, let targetPrefix):
                HTTPRequest(
                    method: "POST", url: base(endpoint) + "/",
                    headers: [
                        ("content-type", "application/x-amz-json-\(version)"),
                        ("x-amz-target", "\(targetPrefix).\(wire.action.name)"),
                    ], body: wire.body)
            }
        request.idleTimeoutSeconds = wire.idleTimeoutSeconds
        request.totalTimeoutSeconds = wire.totalTimeoutSeconds
        // What may safely be sent twice shares connections, though it is a POST.
        request.mustNotRepeat = wire.action.retry == .onlyIfUnsent
        request.operation = wire.action.qualifiedName
        return request
    }

    private static func base(_ endpoint: AWSEndpoint) -> String {
        "\(endpoint.scheme)://\(endpoint.authority)\(endpoint.basePath)"
    }

    private static func query(_ wire: WireRequest, _ endpoint: AWSEndpoint) -> HTTPRequest {
        let fields: [(name: String, value: String?)] =
            [
                (name: "Action", value: wire.action.name),
                (name: "Version", value: wire.action.service.apiVersion),
            ] + wire.form.pairs
        return HTTPRequest(
            method: "POST", url: base(endpoint) + "/",
            headers: [("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: .bytes(Array(PercentEncoding.query(fields).utf8)))
    }

    private static func rest(_ wire: WireRequest, _ endpoint: AWSEndpoint) -> HTTPRequest {
        var url = base(endpoint)
        var path = wire.key.map { "/" + PercentEncoding.encode($0, keepsSlash: true) }
        if let bucket = wire.bucket {
            if !wire.isPathStyle, endpoint.isVirtualHosted(bucket: bucket) {
                url = "\(endpoint.scheme)://\(bucket).\(endpoint.authority)"
            } else {
                path = "/\(PercentEncoding.encode(bucket))\(path ?? "")"
            }
        }
        url += path ?? "/"
        if !wire.query.isEmpty { url += "?" + PercentEncoding.query(wire.query) }
        return HTTPRequest(method: wire.method, url: url, headers: wire.headers, body: wire.body)
    }
}
