import AWS
import BuildGraph
import Diagnostics
import Releasing

/// Knows whose account a command works in: from files and variables, and from AWS once asked.
actor RealmKeeper: RealmSource {
    private let connection: CloudConnection
    private let region: String
    /// The only account that the manifest is for; nil for any.
    private let wanted: String?
    private let manifest: String
    private let isLocal: Bool
    private let cache: AccountCache
    private var answer: Task<String, any Error>?
    private var asked: String?
    /// What was found out, until somebody is asked: a matrix compares a thousand times.
    private var known: (place: CloudRealm.Place, account: String?)?
    private var verdicts: [Realm: RealmVerdict] = [:]

    /// A local cloud is gone with everything, Docker engine included.
    nonisolated var bindsEveryStage: Bool { isLocal }

    /// - Parameter manifest: its region says which partition is called, its account who may.
    init(_ connection: CloudConnection, _ manifest: ManifestPlace, isLocal: Bool) {
        self.connection = connection
        self.isLocal = isLocal
        region = manifest.region
        wanted = isLocal ? nil : manifest.account
        self.manifest = manifest.path
        cache = AccountCache(environment: connection.ownVariables)
    }

    func present() async throws -> Realm? {
        let (place, account) = try await caller()
        return CloudRealm(place, account: account)?.realm
    }

    func account() async throws -> String? {
        let (place, account) = try await caller()
        if case .local(let state) = place { return state?.account }
        return account
    }

    func verdict(on recorded: Realm) async throws -> RealmVerdict {
        let (place, account) = try await caller()
        if let verdict = verdicts[recorded] { return verdict }
        guard let realm = CloudRealm(recorded) else {
            return .differs(recorded: "`\(recorded.text)`", present: "another")
        }
        let verdict = realm.verdict(at: place, account: account, isThere: LocalCloud.isThere)
        verdicts[recorded] = verdict
        return verdict
    }

    func accept(account: String) throws {
        guard !isLocal else { return }
        asked = account
        forget()
        try check(account)
    }

    private func forget() {
        known = nil
        verdicts = [:]
    }

    @discardableResult
    func ask() async throws -> Realm {
        if isLocal {
            _ = try await connection.environment()
        } else {
            let task = answer ?? Task { try await call() }
            answer = task
            asked = try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        }
        forget()
        guard let realm = try await present() else {
            throw Self.unknown([], hint: "run `bin/localcloud up`")
        }
        return realm
    }

    /// Where calls go, and whose they are as far as that is known.
    private func caller() async throws -> (CloudRealm.Place, account: String?) {
        if let known { return known }
        let (place, hint) = try await connection.place(region: region)
        let account = try account(at: place, hint)
        known = (place, account)
        return (place, account)
    }

    private func account(at place: CloudRealm.Place, _ hint: CallerHint) throws -> String? {
        if isLocal { return nil }
        let known =
            switch hint {
            case _ where asked != nil: asked
            case .account(let account): account
            case .accessKey(let id): cache.account(ofKey: id, at: Self.name(place))
            case .nothing: String?.none
            }
        if let known { try check(known) }
        return known ?? wanted
    }

    private func call() async throws -> String {
        let account: String
        do {
            account = try await connection.client().call(
                GetCallerIdentity(), region: AWSPartition(region: region).homeRegion
            ).account
        } catch let problem as Diagnostic where problem.severity != .interrupted {
            throw Self.unknown(
                [problem.summary] + problem.causes, hint: problem.hint,
                isTrouble: problem.isTrouble)
        }
        let (place, hint) = try await connection.place(region: region)
        if case .accessKey(let id) = hint {
            cache.remember(account, ofKey: id, at: Self.name(place))
        }
        try check(account)
        return account
    }

    private func check(_ account: String) throws {
        guard let wanted, wanted != account else { return }
        throw Diagnostic(
            code: "realm.account", severity: .configuration,
            summary: "the manifest is for account \(wanted), and these credentials are of account "
                + account,
            location: "\(manifest)#/account",
            hint: "use that account's credentials, for instance with `--aws-profile`, or change "
                + "`/account`")
    }

    private static func unknown(
        _ causes: [String], hint: String?, isTrouble: Bool = false
    ) -> Diagnostic {
        Diagnostic(
            code: "realm.unknown",
            summary: "nobody says whose credentials these are, so that nothing was started",
            causes: causes,
            hint: hint ?? "check the credentials with `aws sts get-caller-identity`",
            isTrouble: isTrouble
        ).beforehand
    }

    private static func name(_ place: CloudRealm.Place) -> String {
        switch place {
        case .aws(let partition): partition
        case .endpoint(let endpoint): endpoint
        case .local: "local"
        }
    }
}
