import Diagnostics
import HTTP
import JSON

extension DockerEngineClient {
    package func inspectImage(_ name: String) async throws -> EngineImage? {
        let call = ServerCall.reading(
            .path("/images/\(name)/json"), purpose: "look at the image `\(name)`", answers: [404])
        return try await json(call) { value, failure in
            guard let image = EngineImage(value) else { throw failure.garbled("no id") }
            return image
        }
    }

    package func commit(
        _ container: String, as reference: ImageReference, configuration: ImageConfiguration,
        message: String
    ) async throws -> String {
        let call = ServerCall(
            method: "POST", .path("/commit"),
            query: [
                ("container", container), ("repo", reference.name),
                ("tag", reference.withDefaultTag.tag ?? ""), ("comment", message), ("pause", "1"),
            ],
            json: configuration.body, purpose: "commit the image `\(reference)`",
            // Each time makes another image. All layers are written before the answer.
            isRepeatable: false, limitSeconds: 1800)
        let made = try await json(call) { value, failure in
            guard let id = value["Id"]?.stringValue else { throw failure.garbled("it names no id") }
            return id
        }
        guard let made else { throw try await failure(call).garbled("it has another status") }
        return made
    }

    package func tag(_ image: String, as reference: ImageReference) async throws {
        try await acknowledged(
            ServerCall(
                method: "POST", .path("/images/\(image)/tag"),
                query: [
                    ("repo", reference.name), ("tag", reference.withDefaultTag.tag ?? ""),
                ],
                purpose: "tag the image `\(reference)`", isRepeatable: true))
    }

    package func removeImage(_ name: String) async throws {
        try await acknowledged(
            ServerCall(
                method: "DELETE", .path("/images/\(name)"),
                purpose: "remove the image `\(name)`", isRepeatable: true,
                limitSeconds: 300, answers: [404]))
    }

    package func distributionDigest(
        _ reference: ImageReference, credentials: RegistryCredentials
    ) async throws -> String? {
        var call = ServerCall.reading(
            .path("/distribution/\(reference.withDefaultTag)/json"),
            purpose: "find `\(reference)` in its registry", answers: [404])
        call.show(credentials)
        return try await json(call) { value, failure in
            guard let digest = value["Descriptor"]?["digest"]?.stringValue else {
                throw failure.garbled("it names no digest")
            }
            return digest
        }
    }
}
