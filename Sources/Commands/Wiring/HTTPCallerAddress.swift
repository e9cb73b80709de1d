import AWS
import Diagnostics
import HTTP
import Releasing

/// Asks AWS's own service under which address this machine is seen.
///
/// Source: <https://checkip.amazonaws.com>
struct HTTPCallerAddress: CallerAddress {
    let transport: any HTTPTransport
    let connection: CloudConnection

    func current() async throws -> String {
        let environment = try await connection.environment()
        let url = environment["DSS_CHECKIP_URL"] ?? "https://checkip.amazonaws.com/"
        var request = HTTPRequest(method: "GET", url: url)
        request.totalTimeoutSeconds = 120
        request.certificates = try await connection.client().configuration.certificates
        let hint = "set `/instance/ingressCidr` to the block that you work from"
        do {
            let response = try await transport.send(request, limitBytes: 1024)
            let text = String(decoding: response.body, as: UTF8.self).trimmed
            if response.status == 200, !text.isEmpty { return text }
            throw Diagnostic(
                code: "instance.no-caller-address",
                summary: "cannot find this machine's public address",
                causes: ["`\(url)` answered status \(response.status)"], hint: hint)
        } catch let failure as HTTPFailure {
            throw Diagnostic(
                code: "instance.no-caller-address",
                summary: "cannot find this machine's public address",
                causes: [failure.message], hint: hint)
        }
    }
}
