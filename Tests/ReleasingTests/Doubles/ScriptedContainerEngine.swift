import Diagnostics
import DockerEngine
import Synchronization
import Testing

/// A Docker engine as a test tells it: each call takes the first answer that is left for it.
///
/// A call without an answer fails the test, whatever the code under test makes of the error. Every
/// call is put on the timeline as `engine <call> <what>`.
final class ScriptedContainerEngine: ContainerEngine {
    /// What a call is answered.
    enum Reply: Sendable {
        case done
        case text(String)
        case number(Int)
        case flag(Bool)
        case image(EngineImage?)
        case state(ContainerState?)
        case containers([ContainerState])
        case failure(Diagnostic)
        /// Progress, then a text.
        case progress([TransferProgress], then: String)
        /// Waits until the run is cancelled.
        case untilCancelled

        static func error(_ code: String) -> Reply {
            .failure(Diagnostic(code: code, summary: "the engine says no"))
        }
    }

    private struct Rule {
        let call: String
        var replies: [Reply]
    }

    private let rules = Mutex<[Rule]>([])
    private let specifications = Mutex<[ContainerSpecification]>([])
    private let commits = Mutex<[ImageConfiguration]>([])
    private let shown = Mutex<[RegistryCredentials]>([])
    private let timeline: Timeline

    init(_ timeline: Timeline) { self.timeline = timeline }

    /// Answers calls such as `inspectImage ubuntu:22.04` one after the other.
    func on(_ call: String, _ replies: Reply...) {
        rules.withLock { $0.append(Rule(call: call, replies: replies)) }
    }

    /// Every container that was asked for.
    var created: [ContainerSpecification] { specifications.withLock { $0 } }
    /// The configuration of every commit.
    var committed: [ImageConfiguration] { commits.withLock { $0 } }
    /// What registries were shown.
    var credentials: [RegistryCredentials] { shown.withLock { $0 } }
    /// Answers that nobody asked for.
    var unused: [String] {
        rules.withLock { $0.flatMap { rule in rule.replies.map { _ in rule.call } } }
    }
    /// Every call so far.
    var calls: [String] {
        timeline.all.filter { $0.hasPrefix("engine ") }.map { String($0.dropFirst(7)) }
    }

    private func take(_ call: String) async throws -> Reply {
        timeline.add("engine \(call)")
        let reply = rules.withLock { rules -> Reply? in
            let index = rules.firstIndex { $0.call == call && !$0.replies.isEmpty }
            return index.map { rules[$0].replies.removeFirst() }
        }
        switch reply {
        case .failure(let problem)?: throw problem
        case .untilCancelled?:
            try await Task.sleep(for: .seconds(3600))
            throw Diagnostic(code: "test.not-cancelled", summary: call)
        case let reply?: return reply
        case nil:
            Issue.record("unexpected call of the engine: \(call)")
            throw Diagnostic(code: "test.unexpected-call", summary: call)
        }
    }

    private func refuse(_ call: String, _ reply: Reply) -> Diagnostic {
        Issue.record("\(call) cannot be answered with \(reply)")
        return Diagnostic(code: "test.unexpected-call", summary: call)
    }

    private func done(_ call: String) async throws {
        let reply = try await take(call)
        guard case .done = reply else { throw refuse(call, reply) }
    }

    private func text(_ call: String) async throws -> String {
        let reply = try await take(call)
        guard case .text(let text) = reply else { throw refuse(call, reply) }
        return text
    }

    /// As the engine introduces itself.
    static let description = EngineDescription(
        apiVersion: .highest, server: "Test", address: "unix:///test.sock")

    // MARK: ContainerEngine

    func ping() async throws -> EngineDescription {
        try await done("ping")
        return Self.description
    }

    func pull(
        _ reference: ImageReference, credentials: RegistryCredentials,
        onProgress: @escaping @Sendable (TransferProgress) async -> Void
    ) async throws {
        shown.withLock { $0.append(credentials) }
        try await done("pull \(reference)")
    }

    func inspectImage(_ name: String) async throws -> EngineImage? {
        let reply = try await take("inspectImage \(name)")
        guard case .image(let image) = reply else { throw refuse("inspectImage", reply) }
        return image
    }

    func commit(
        _ container: String, as reference: ImageReference, configuration: ImageConfiguration,
        message: String
    ) async throws -> String {
        commits.withLock { $0.append(configuration) }
        return try await text("commit \(container) \(reference)")
    }

    func tag(_ image: String, as reference: ImageReference) async throws {
        try await done("tag \(image) \(reference)")
    }

    func push(
        _ reference: ImageReference, credentials: RegistryCredentials,
        onProgress: @escaping @Sendable (TransferProgress) async -> Void
    ) async throws -> String {
        shown.withLock { $0.append(credentials) }
        let reply = try await take("push \(reference)")
        guard case .progress(let news, let digest) = reply else { throw refuse("push", reply) }
        for progress in news { await onProgress(progress) }
        return digest
    }

    func distributionDigest(
        _ reference: ImageReference, credentials: RegistryCredentials
    ) async throws -> String? {
        shown.withLock { $0.append(credentials) }
        let digest = try await text("distributionDigest \(reference)")
        return digest.isEmpty ? nil : digest
    }

    func removeImage(_ name: String) async throws { try await done("removeImage \(name)") }

    func hasNetwork(_ name: String) async throws -> Bool {
        let reply = try await take("hasNetwork \(name)")
        guard case .flag(let flag) = reply else { throw refuse("hasNetwork", reply) }
        return flag
    }

    func createContainer(_ specification: ContainerSpecification) async throws -> String {
        specifications.withLock { $0.append(specification) }
        return try await text("createContainer \(specification.name)")
    }

    func start(_ container: String) async throws { try await done("start \(container)") }

    func stop(_ container: String, graceSeconds: Int) async throws -> Int {
        let reply = try await take("stop \(container)")
        guard case .number(let status) = reply else { throw refuse("stop", reply) }
        return status
    }

    func inspectContainer(_ container: String) async throws -> ContainerState? {
        let reply = try await take("inspectContainer \(container)")
        guard case .state(let state) = reply else { throw refuse("inspectContainer", reply) }
        return state
    }

    func logTail(_ container: String, lines: Int) async throws -> String {
        try await text("logTail \(container)")
    }

    func removeContainer(_ container: String) async throws {
        // As in the real one, a cancelled caller removes nothing.
        try Task.checkCancellation()
        try await done("removeContainer \(container)")
    }

    func findContainers(label: String, value: String?) async throws -> [ContainerState] {
        let reply = try await take("findContainers \(label)")
        guard case .containers(let found) = reply else { throw refuse("findContainers", reply) }
        return found
    }
}
