import Diagnostics
import Glibc
import HTTP
import JSON

/// What went wrong with a call, as a person sees it.
struct EngineFailure: Sendable {
    let call: ServerCall
    let host: DockerHost

    /// Whether a unix socket can be opened, as the system sees it.
    enum SocketState: Sendable {
        case absent
        case forbidden
        case there

        /// Why nobody answers there.
        var cause: String {
            switch self {
            case .absent: "there is no such socket"
            case .forbidden: "permission denied"
            case .there: "nobody listens on that socket"
            }
        }

        init(path: String) {
            if access(path, R_OK | W_OK) == 0 {
                self = .there
            } else {
                self = errno == EACCES || errno == EPERM ? .forbidden : .absent
            }
        }
    }

    /// The engine answered with an error status.
    func refused(_ status: Int, _ body: [UInt8]) -> Diagnostic {
        let said = SecretRedaction(call.secrets).redacted(Self.message(in: body))
        if status == 400, said.contains("is too old") {
            return Self.version(
                "the engine that \(host.origin) names speaks no API version below "
                    + "\(APIVersion.highest)", [said], "use a newer version of this program")
        }
        return Diagnostic(
            code: "docker.\(status)", summary: "the Docker engine does not \(call.purpose)",
            causes: ["it answered \(status): \(said.isEmpty ? "without a word" : said)"],
            hint: Self.hint(status, said), isTrouble: status >= 500 && !Self.isAboutLogin(said))
    }

    /// No whole answer came.
    func lost(_ failure: HTTPFailure) -> Diagnostic {
        var socket: SocketState?
        if case .unixSocket(let path) = host.address { socket = SocketState(path: path) }
        return lost(failure, socket: socket)
    }

    /// - Parameter socket: how the unix socket is, where it is one.
    func lost(_ failure: HTTPFailure, socket: SocketState?) -> Diagnostic {
        var causes = ["\(failure.message) (\(failure.kind.rawValue))"]
        if failure.kind == .connectionRefused, let socket { causes = [socket.cause] }
        return words.lost(
            failure, causes: causes, attempt: "",
            isOutcomeUnknown: failure.requestMayHaveReachedServer && !call.isRepeatable,
            hint: Self.hint(failure, socket))
    }

    /// An answer that is not what the API says.
    func garbled(_ why: String) -> Diagnostic { words.garbled([why]) }

    /// How errors name the engine and the call.
    var words: FailureWords {
        FailureWords(
            area: "docker", call: call.purpose,
            server: "the Docker engine at `\(host.text)`, which \(host.origin) names,")
    }

    /// The engine is too old or too new.
    static func version(_ summary: String, _ causes: [String], _ hint: String) -> Diagnostic {
        Diagnostic(
            code: "docker.version", severity: .configuration, summary: summary, causes: causes,
            hint: hint)
    }

    /// The engine's words; what is no JSON is shortened and shown as it is.
    static func message(in body: [UInt8]) -> String {
        if let message = (try? JSONValue.parse(body, source: "answer"))?["message"]?.stringValue {
            return message
        }
        return String(ShownText.redacted(String(decoding: body, as: UTF8.self)).prefix(300)).trimmed
    }

    /// Whether a registry wants to know who asks, or knows and says no; the engine hands that on
    /// under several statuses.
    static func isAboutLogin(_ said: String) -> Bool {
        let said = said.lowercased()
        return ["unauthorized", "denied", "no basic auth", "authentication", "forbidden"]
            .contains { said.contains($0) }
    }

    private static func hint(_ status: Int, _ said: String) -> String {
        switch status {
        case 401, 403:
            "log in with `docker login`, or name a user who may and put the password into "
                + "`DOCKER_REGISTRY_PASSWORD`"
        case 404: "check the name; `docker images` and `docker ps --all` list what there is"
        case 409: "remove or rename what is in the way, then run the same command again"
        case 500 where said.contains("no space left"):
            "free some space for the engine (`docker system df`), then run the same command again"
        case 500 where isAboutLogin(said): hint(401, said)
        default: "look at the engine's log (`journalctl -u docker`), then run the command again"
        }
    }

    private static func hint(_ failure: HTTPFailure, _ socket: SocketState?) -> String {
        switch (failure.kind, socket) {
        case (.connectionRefused, .forbidden?):
            "you may not open that socket: add yourself to the group `docker` "
                + "(`sudo usermod -aG docker $USER`) and log in again"
        case (.connectionRefused, _), (.nameNotResolved, _), (.connectTimeout, _):
            "start the engine (`sudo systemctl start docker`), or name it in `DOCKER_HOST`"
        case (.tls, _):
            "check the certificates in `DOCKER_CERT_PATH`, and whether the engine speaks TLS there"
        default: "look at the engine's log (`journalctl -u docker`), then run the command again"
        }
    }
}
