import Diagnostics
import Hashing
import JSON

/// A profile whose credentials `aws login` has left in `~/.aws/login/cache`.
///
/// They are used while they are good; renewing them takes `aws login`, or a program that asks it.
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
struct SignIn {
    let profile: SharedProfile
    let sources: CredentialSources

    /// The credentials; nil where the profile names no such session.
    ///
    /// - Throws: `aws.credentials`.
    func credentials() throws -> AWSCredentials? {
        guard let session = profile["login_session"] else { return nil }
        let place = "the session `\(session)` of profile `\(profile.name)`"
        let hint =
            "run `aws login --profile \(profile.name)`, or use a profile with `credential_process "
            + "= aws configure export-credentials --profile \(profile.name)`"
        let configuration = sources.configuration
        let folder = configuration.environment["AWS_LOGIN_CACHE_DIRECTORY"] ?? "~/.aws/login/cache"
        let name = Hexadecimal.text(SHA256.digest(of: Array(session.trimmed.utf8)))
        let path = configuration.ownPath("\(folder)/\(name).json")
        guard let text = try configuration.readFile(path) else {
            throw CredentialFailure.unusable(place, "there is no `\(path)`", hint: hint)
        }
        guard let token = try? JSONValue.parse(Array(text.utf8), source: path)["accessToken"],
            let id = token["accessKeyId"]?.stringValue,
            let secret = token["secretAccessKey"]?.stringValue,
            let end = token["expiresAt"]?.stringValue.flatMap(ISOTime.date)
        else { throw CredentialFailure.unusable(place, "`\(path)` holds no keys", hint: hint) }
        guard end > sources.time.now() else {
            throw CredentialFailure.unusable(
                place, "it ended at \(Timestamp.text(end))", hint: hint)
        }
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: Secret(secret),
            sessionToken: token["sessionToken"]?.stringValue.map { Secret($0) },
            expiration: end, isRenewable: false, origin: place)
    }
}
