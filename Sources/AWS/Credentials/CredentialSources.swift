import Diagnostics
import FoundationEssentials
import HTTP

/// Builds the places where credentials may lie, in AWS's order.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
struct CredentialSources: Sendable {
    let configuration: AWSConfiguration
    let transport: any HTTPTransport
    let time: any TimeSource
    let processes: any ProcessRunner

    /// Every place, the nearest first.
    func chain() -> CredentialChain {
        let readsEnvironment = !configuration.isProfileExplicit
        let profile = configuration.profile
        var places: [any CredentialProvider] = readsEnvironment ? [environment] : []
        if let profile { places.append(ProfileRole(profile: profile, sources: self)) }
        places += own(profile, readsEnvironment: readsEnvironment)
        return CredentialChain(providers: places + [container, instance])
    }

    /// The places that a profile offers itself, without another one's help.
    func own(
        _ profile: SharedProfile?, readsEnvironment: Bool = false
    ) -> [any CredentialProvider] {
        let identity = WebIdentity(
            profile: profile, readsEnvironment: readsEnvironment, sources: self)
        return [identity, ProfileKeys(profile: profile, sources: self)]
    }

    var environment: EnvironmentCredentials {
        EnvironmentCredentials(environment: configuration.environment)
    }

    var container: ContainerCredentials {
        ContainerCredentials(
            environment: configuration.environment, readFile: configuration.readFile,
            fetcher: fetcher)
    }

    var instance: InstanceMetadata {
        InstanceMetadata(
            environment: configuration.environment, profile: configuration.profile,
            fetcher: fetcher)
    }

    private var fetcher: MetadataFetcher { MetadataFetcher(transport: transport, time: time) }

    /// Makes a call with other credentials than those that are being looked for.
    ///
    /// - Parameters:
    ///   - provider: nil for a call that is not signed.
    ///   - region: nil for the configured one.
    func call<O: AWSOperation>(
        _ operation: O, with provider: (any CredentialProvider)? = nil, region: String? = nil
    ) async throws -> O.Output {
        let client = AWSClient(
            configuration: configuration, transport: transport, time: time, processes: processes,
            credentials: provider ?? CredentialChain(providers: []))
        return try await client.call(
            operation, region: region ?? configuration.region ?? "us-east-1")
    }

    /// A name for the session that CloudTrail shows.
    func sessionName(_ configured: String?) -> String {
        configured ?? "dssbatch-\(Int(time.now().timeIntervalSince1970))"
    }
}
