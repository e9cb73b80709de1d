import Diagnostics
import Hashing

/// A profile that signs on with `aws sso login`, whose token lies in `~/.aws/sso/cache`.
///
/// Nobody is asked to sign on here: there may be no browser, and nobody to look at it.
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
struct SingleSignOn: CredentialProvider {
    /// What a token is answered that is no longer good; the second where the answer is unnamed.
    private static let refusals = ["aws.UnauthorizedException", "aws.AccessDenied"]

    let profile: SharedProfile
    let sources: CredentialSources

    var place: String { "the sign-on of profile `\(profile.name)`" }

    func load() async throws -> AWSCredentials? {
        // One of these says that the profile means this; an address alone does not.
        guard profile.has("sso_role_name", "sso_account_id") else { return nil }
        let session = try session()
        func required(_ option: String) throws -> String {
            guard let value = session?[option] ?? profile[option] else {
                throw CredentialFailure.unusable(place, "`\(option)` is not set")
            }
            return value
        }
        let (role, account) = (try required("sso_role_name"), try required("sso_account_id"))
        let (start, region) = (try required("sso_start_url"), try required("sso_region"))
        let name = Hexadecimal.text(SHA1.digest(of: Array((session?.name ?? start).utf8)))
        let token = SignOnToken(
            path: sources.configuration.ownPath("~/.aws/sso/cache/\(name).json"), region: region,
            isRenewable: session != nil, hint: signOnHint, place: place, sources: sources)
        let operation = GetRoleCredentials(
            roleName: role, accountId: account, accessToken: try await token.current())
        do {
            return try await sources.call(operation, region: region)
                .credentials(origin: place, isRenewable: session != nil)
        } catch let problem as Diagnostic where Self.refusals.contains(problem.code) {
            throw CredentialFailure.unusable(place, problem.causes.first ?? "", hint: signOnHint)
        }
    }

    /// The section that the profile names; nil where its settings are all its own.
    private func session() throws -> SharedProfile? {
        guard let name = profile["sso_session"] else { return nil }
        guard let session = sources.configuration.files.session(name) else {
            throw CredentialFailure.unusable(
                place, "the section `[sso-session \(name)]` is not there")
        }
        for option in session.options {
            guard let own = profile[option], own != session[option] else { continue }
            throw CredentialFailure.unusable(
                place, "`\(option)` is another one in `[sso-session \(name)]`")
        }
        return session
    }

    private var signOnHint: String {
        "run `aws sso login --profile \(profile.name)`, then run the command again"
    }
}
