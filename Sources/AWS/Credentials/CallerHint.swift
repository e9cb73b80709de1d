/// What the configuration says about whose credentials will be used, without asking anybody.
package enum CallerHint: Sendable, Equatable {
    /// The account, as a profile or a role's ARN has it.
    case account(String)
    /// The id of the access key that will sign, which belongs to one account for ever.
    case accessKey(String)
    /// Nothing: a program, a container or the machine will say.
    case nothing

    /// The account in a role's ARN; nil where there is none.
    static func account(inRole arn: String) -> String? {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[0] == "arn", isAccount(parts[4]) else { return nil }
        return String(parts[4])
    }

    /// Whether a text is an account's id.
    package static func isAccount(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension AWSConfiguration {
    /// What is known of the account offline, in the order in which credentials are looked for.
    ///
    /// A profile's account counts only where the profile's credentials do.
    package var callerHint: CallerHint {
        if !isProfileExplicit, let id = environment["AWS_ACCESS_KEY_ID"] { return .accessKey(id) }
        if let profile, profile["role_arn"] != nil, !profile.has("web_identity_token_file") {
            return hint(ofRole: profile["role_arn"])
        }
        let inherited = isProfileExplicit ? nil : environment
        if inherited?["AWS_WEB_IDENTITY_TOKEN_FILE"] ?? profile?["web_identity_token_file"] != nil {
            return hint(ofRole: inherited?["AWS_ROLE_ARN"] ?? profile?["role_arn"])
        }
        guard let profile else { return .nothing }
        for name in ["sso_account_id", "aws_account_id"] {
            if let account = profile[name], CallerHint.isAccount(account) {
                return .account(account)
            }
        }
        let offersOthers = profile["login_session"] != nil || profile["credential_process"] != nil
        let keys = offersOthers ? profile.inCredentials : profile
        return keys["aws_access_key_id"].map { .accessKey($0) } ?? .nothing
    }

    private func hint(ofRole arn: String?) -> CallerHint {
        arn.flatMap(CallerHint.account(inRole:)).map { .account($0) } ?? .nothing
    }
}
