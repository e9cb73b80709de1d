import Diagnostics
import FoundationEssentials

/// Holds credentials until shortly before they expire; however many calls wait, they are fetched
/// once.
actor CredentialCache {
    /// Credentials that expire sooner are replaced, if that is possible.
    static let renewalSeconds: Double = 300

    private let provider: any CredentialProvider
    private let time: any TimeSource
    private var held: AWSCredentials?
    private var fetch: (id: Int, task: Task<AWSCredentials, any Error>)?
    private var fetches = 0

    init(provider: any CredentialProvider, time: any TimeSource) {
        self.provider = provider
        self.time = time
    }

    /// Credentials that are good now.
    ///
    /// - Throws: what the provider throws, `aws.no-credentials`, `CancellationError`.
    func current() async throws -> AWSCredentials {
        if let held, !isExpiring(held, withinSeconds: Self.renewalSeconds) { return held }
        do {
            return try await fetched()
        } catch {
            // Old ones that still work beat none: AWS itself may be what is down.
            if let held, !isExpiring(held, withinSeconds: 0), !(error is CancellationError) {
                return held
            }
            throw error
        }
    }

    /// Forgets credentials that AWS called expired.
    ///
    /// - Returns: whether fetching again can help, for they are of a kind that changes.
    func discard(_ refused: AWSCredentials) -> Bool {
        guard refused.sessionToken != nil else { return false }
        if held == refused { held = nil }
        return true
    }

    private func isExpiring(_ credentials: AWSCredentials, withinSeconds: Double) -> Bool {
        guard let expiration = credentials.expiration else { return false }
        return expiration.timeIntervalSince(time.now()) <= withinSeconds
    }

    private func fetched() async throws -> AWSCredentials {
        while true {
            let (id, task) = fetch ?? begin()
            let result = await withTaskCancellationHandler {
                await task.result
            } onCancel: {
                task.cancel()
            }
            let isFirst = fetch?.id == id
            if isFirst { fetch = nil }
            switch result {
            case .success(let credentials):
                // Whoever awakes later must not bring back what was called expired meanwhile.
                if isFirst { held = credentials }
                return credentials
            case .failure(let error):
                // The one who began it may have been cancelled; that is no reason for this one.
                if error is CancellationError, !Task.isCancelled { continue }
                throw error
            }
        }
    }

    private func begin() -> (id: Int, task: Task<AWSCredentials, any Error>) {
        fetches += 1
        let provider = provider
        let task = Task {
            guard let credentials = try await provider.load() else {
                throw CredentialChain(providers: [provider]).missing
            }
            return credentials
        }
        fetch = (fetches, task)
        return (fetches, task)
    }
}
