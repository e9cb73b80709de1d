import Diagnostics
package import FoundationEssentials
import Glibc
package import JSON

/// Something to say of a build.
package enum BuildNote: Sendable, Equatable {
    /// A draft that the build is to complete.
    case draft(releaseId: Int64, url: String)
    case started(id: String)
    case batchStarted(id: String)
    /// A build of a batch is in another state than before.
    case member(String, status: String, id: String?, work: String?)
    /// Where the log can be read.
    case log(url: String)
    /// A phase has begun; the status is nil. Or it has ended.
    case phase(String, status: String?, seconds: Int?)
    /// One line of the log, without its end.
    case line(String)
    case warning(String)

    /// The line for a person.
    package var text: String {
        switch self {
        case .draft(let id, let url): "created draft release \(id): \(url)"
        case .started(let id): "build \(id) is started"
        case .batchStarted(let id): "batch \(id) is started"
        case .member(let name, let status, _, let work):
            "build \(name)" + (work.map { " (\($0))" } ?? "") + ": \(status)"
        case .log(let url): "log: \(url)"
        case .phase(let name, nil, _): "phase \(name)"
        case .phase(let name, let status?, let seconds):
            "phase \(name): \(status)" + (seconds.map { " after \($0) s" } ?? "")
        case .line(let text): text
        case .warning(let text): "warning: \(text)"
        }
    }

    /// The line of `--json`.
    package func json(at time: Date) -> JSONValue {
        let (event, members): (String, [(String, JSONValue)]) =
            switch self {
            case .draft(let id, let url):
                ("draft-created", [("releaseId", .integer(id)), ("url", .string(url))])
            case .started(let id): ("build-started", [("id", .string(id))])
            case .batchStarted(let id): ("batch-started", [("id", .string(id))])
            case .member(let name, let status, let id, let work):
                (
                    "batch-build",
                    [
                        ("identifier", .string(name)), ("status", .string(status)),
                        ("id", id.map { .string($0) } ?? .null),
                        ("message", .string(work ?? "")),
                    ]
                )
            case .log(let url): ("build-log", [("url", .string(url))])
            case .phase(let name, let status, let seconds):
                (
                    "build-phase",
                    [
                        ("phase", .string(name)), ("status", status.map { .string($0) } ?? .null),
                        ("seconds", seconds.map { .integer(Int64($0)) } ?? .null),
                    ]
                )
            case .line(let text): ("build-line", [("message", .string(text))])
            case .warning(let text): ("warning", [("message", .string(text))])
            }
        return JSONValue(
            members: [
                ("event", .string(event)), ("time", .string(Timestamp.text(time))),
            ] + members)
    }
}
