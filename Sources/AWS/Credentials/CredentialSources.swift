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
        var places: [any CredentialProvider] = []
        if !configuration.isProfileExplicit { places.append(environment) }
        let profile = configuration.profile
        if let profile { places.append(ProfileRole(profile: profile, sources: self)) }
        if !configuration.isProfileExplicit { places.append(WebIdentity(sources: self)) }
        places.append(
            ProfileKeys(
                name: profile?.name ?? "default", profile: profile, sources: self))
        return CredentialChain(providers: places + [container, instance])
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

    /// Calls STS with other credentials than those that are being looked for.
    func call<O: AWSOperation>(
        _ operation: O, with provider: any CredentialProvider
    ) async throws -> O.Output {
        let client = AWSClient(
            configuration: configuration, transport: transport, time: time, processes: processes,
            credentials: provider)
        return try await client.call(operation, region: configuration.region ?? "us-east-1")
    }

    /// A name for the session that CloudTrail shows.
    func sessionName(_ configured: String?) -> String {
        configured ?? "dssbatch-\(Int(time.now().timeIntervalSince1970))"
    }
}
