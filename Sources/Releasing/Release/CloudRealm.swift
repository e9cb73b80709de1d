package import BuildGraph

/// A realm of the sandbox: whose account results belong to.
package enum CloudRealm: Sendable, Hashable {
    case aws(partition: String, account: String)
    /// An account behind another endpoint, given as host and port.
    case endpoint(String, account: String)
    case local(LocalState)

    /// One state of one local cloud; a restart begins another.
    package struct LocalState: Sendable, Hashable {
        /// Unlike that of every other state.
        package let account: String
        /// Unlike that of every other state.
        package let id: String
        /// Host and port.
        package let endpoint: String
        /// The folder that says whether it still runs.
        package let home: String

        /// Makes one; see the properties.
        package init(account: String, id: String, endpoint: String, home: String) {
            self.account = account
            self.id = id
            self.endpoint = endpoint
            self.home = home
        }
    }

    /// Where somebody works, as far as that is known.
    package enum Place: Sendable, Hashable {
        case aws(partition: String)
        case endpoint(String)
        /// Nil where no local cloud runs.
        case local(LocalState?)
    }

    /// The realm of a place and an account; nil where the account is not known.
    package init?(_ place: Place, account: String?) {
        switch place {
        case .aws(let partition):
            guard let account else { return nil }
            self = .aws(partition: partition, account: account)
        case .endpoint(let endpoint):
            guard let account else { return nil }
            self = .endpoint(endpoint, account: account)
        case .local(let state):
            guard let state else { return nil }
            self = .local(state)
        }
    }

    /// Reads what was recorded; nil where it is no realm.
    package init?(_ realm: Realm) {
        let parts = realm.text.split(separator: " ", maxSplits: 4).map(String.init)
        switch (parts.first, parts.count) {
        case ("aws"?, 3): self = .aws(partition: parts[1], account: parts[2])
        case ("endpoint"?, 3): self = .endpoint(parts[1], account: parts[2])
        case ("local"?, 5):
            self = .local(
                LocalState(
                    account: parts[2], id: parts[3], endpoint: parts[1], home: parts[4]))
        default: return nil
        }
    }

    /// As it is recorded.
    package var realm: Realm {
        switch self {
        case .aws(let partition, let account): Realm("aws \(partition) \(account)")
        case .endpoint(let endpoint, let account): Realm("endpoint \(endpoint) \(account)")
        case .local(let state):
            Realm("local \(state.endpoint) \(state.account) \(state.id) \(state.home)")
        }
    }

    /// As a person would name it.
    package var description: String {
        switch self {
        case .aws("aws", let account): "account \(account) of AWS"
        case .aws(let partition, let account): "account \(account) of the partition `\(partition)`"
        case .endpoint(let endpoint, let account): "account \(account) at `\(endpoint)`"
        case .local(let state): "the local cloud at `\(state.endpoint)`, account \(state.account)"
        }
    }

    /// What becomes of something recorded where somebody works now.
    ///
    /// A state of a local cloud is the same whether it is reached by `--local` or as an endpoint,
    /// as builds on it do: nobody else has its account.
    ///
    /// - Parameters:
    ///   - account: who works there; nil where that is not known.
    ///   - isThere: whether a local cloud's state still is.
    package func verdict(
        at place: Place, account: String?, isThere: (LocalState) -> Bool
    ) -> RealmVerdict {
        let differs = RealmVerdict.differs(
            recorded: description, present: Self.name(place, account))
        func compared(_ recorded: String) -> RealmVerdict {
            guard let account else { return .notCompared }
            return account == recorded ? .same : differs
        }
        switch (self, place) {
        case (.aws(let ours, let recorded), .aws(let theirs)):
            return ours == theirs ? compared(recorded) : differs
        case (.endpoint(let ours, let recorded), .endpoint(let theirs)):
            return ours == theirs ? compared(recorded) : differs
        case (.endpoint(let endpoint, let recorded), .local(let state?)):
            return state.endpoint == endpoint && state.account == recorded ? .same : differs
        case (.local(let state), .endpoint(let endpoint)):
            return state.endpoint == endpoint ? compared(state.account) : differs
        case (.local(let recorded), .local(let state)):
            if recorded.id == state?.id && recorded.account == state?.account { return .same }
            return isThere(recorded) ? differs : .gone
        default: return differs
        }
    }

    private static func name(_ place: Place, _ account: String?) -> String {
        if let realm = CloudRealm(place, account: account) { return realm.description }
        return switch place {
        case .aws("aws"): "AWS"
        case .aws(let partition): "the partition `\(partition)`"
        case .endpoint(let endpoint): "the endpoint `\(endpoint)`"
        case .local: "the local cloud, which does not run"
        }
    }
}
