import Diagnostics
import HTTP
import JSON
import Synchronization

extension DockerEngineClient {
    /// Longest transfer of an image.
    private static let transferSeconds: Double = 4 * 3600
    /// Longest silence in between: a registry may take a while over a big layer's digest.
    private static let silenceSeconds: Double = 600

    package func pull(
        _ reference: ImageReference, credentials: RegistryCredentials,
        onProgress: @escaping @Sendable (TransferProgress) async -> Void
    ) async throws {
        let reference = reference.withDefaultTag
        var call = ServerCall(
            method: "POST", .path("/images/create"),
            query: [
                ("fromImage", reference.name),
                ("tag", reference.digest ?? reference.tag ?? "latest"),
            ],
            purpose: "pull the image `\(reference)`", isRepeatable: false,
            limitSeconds: Self.transferSeconds)
        call.idleSeconds = Self.silenceSeconds
        call.show(credentials)
        let stream = TransferStream(isPull: true, onProgress: onProgress)
        try await follow(call, stream)
        guard let refusal = stream.refusal else { return }
        throw Diagnostic(
            code: "docker.pull-failed", summary: "the image `\(reference)` cannot be pulled",
            causes: [SecretRedaction(credentials.secrets).redacted(refusal)],
            hint: "check its name, the network of the engine and, where it needs one, the login")
    }

    package func push(
        _ reference: ImageReference, credentials: RegistryCredentials,
        onProgress: @escaping @Sendable (TransferProgress) async -> Void
    ) async throws -> String {
        let reference = reference.withDefaultTag
        var call = ServerCall(
            method: "POST", .path("/images/\(reference.name)/push"),
            query: [("tag", reference.tag ?? "")],
            purpose: "push the image `\(reference)`", isRepeatable: false,
            limitSeconds: Self.transferSeconds)
        call.idleSeconds = Self.silenceSeconds
        call.show(credentials)
        let stream = TransferStream(isPull: false, onProgress: onProgress)
        try await follow(call, stream)
        if let refusal = stream.refusal {
            throw Self.refused(reference, refusal, credentials)
        }
        if let digest = stream.digest { return digest }
        throw Diagnostic(
            code: "docker.push-broken",
            summary: "the push of `\(reference)` broke off before the registry had taken it",
            causes: ["the engine ended without a digest and without an error"],
            hint: "look at the engine's log (`journalctl -u docker`), then run the command again: "
                + "layers that have arrived are not sent again")
    }

    private static func refused(
        _ reference: ImageReference, _ words: String, _ credentials: RegistryCredentials
    ) -> Diagnostic {
        let said = SecretRedaction(credentials.secrets).redacted(words)
        let hint =
            EngineFailure.isAboutLogin(said)
            ? "log in to `\(reference.registry)` with `docker login`, or name a user who may push "
                + "to `\(reference.repository)` in `/docker/registryUser` and put the password "
                + "into `DOCKER_REGISTRY_PASSWORD`"
            : "put right what it says, then run the command again: the image is not built again, "
                + "and layers that have arrived are not sent again"
        return Diagnostic(
            code: "docker.push-refused", summary: "the push of `\(reference)` was refused",
            causes: ["registry `\(reference.registry)`: \(said)"], hint: hint)
    }

    /// Makes a call and reads its stream to the end.
    private func follow(_ call: ServerCall, _ stream: TransferStream) async throws {
        let request = try await request(call)
        do {
            let response = try await transport.stream(
                request, onHead: { stream.begin(status: $0.status) },
                onBody: { try await stream.take($0) })
            guard (200..<300).contains(response.status) else {
                throw try await failure(call).refused(response.status, stream.errorBody)
            }
            try await stream.end()
        } catch let lost as HTTPFailure {
            // What the registry said before goes first.
            if stream.refusal == nil { throw try await failure(call).lost(lost) }
        } catch let garbled as TransferStream.Garbled {
            throw try await failure(call).garbled(garbled.why)
        }
    }
}
