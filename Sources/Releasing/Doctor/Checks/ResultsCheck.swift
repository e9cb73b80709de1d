package import BuildGraph

/// Whether the recorded results are of the account, the endpoint or the local cloud that a run
/// would work in.
struct ResultsCheck: HealthCheck {
    var name: String { "results" }
    var needs: [String] { ["credentials"] }

    func applies(_ context: DoctorContext) -> Bool { context.services.realms != nil }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let recorded = context.recorded
        guard let source = context.services.realms, !recorded.isEmpty else {
            return .ok("nothing is recorded in `\(recorded.location)` yet")
        }
        try await source.ask()
        var verdicts: [RealmVerdict] = []
        for realm in recorded.realms.sorted(by: { $0.text < $1.text }) {
            verdicts.append(try await source.verdict(on: realm))
        }
        return Self.finding(verdicts, recorded)
    }

    /// What the verdicts on the realms mean.
    static func finding(
        _ verdicts: [RealmVerdict], _ recorded: RecordedRealms
    ) -> HealthFinding {
        let place = "the results in `\(recorded.location)`"
        var findings = verdicts.map { verdict -> HealthFinding in
            switch verdict {
            case .same: return .ok("\(place) are of the account that is worked in")
            case .gone:
                return .warning(
                    "\(place) were made in a local cloud that is gone",
                    hint: "a run makes everything again; nothing has to be removed")
            case .differs(let other, let present):
                return .failed(
                    "\(place) belong to \(other), and this is \(present)",
                    hint: "use the profile, the endpoint or `--local` that they were made with, or "
                        + "name another place with `--results`")
            case .notCompared:
                return .warning(
                    "nobody says whose \(place) are", hint: "check the credentials")
            }
        }
        if recorded.unbound > 0 {
            findings.append(
                .ok(
                    "\(recorded.unbound) of \(place) are not bound to an account: a run looks "
                        + "whether what they name is here, and binds them"))
        }
        return .merged(findings)
    }
}

/// Whose results are recorded.
package struct RecordedRealms: Sendable, Equatable {
    /// Where they are.
    package let location: String
    package let realms: Set<Realm>
    /// How many results belong to nobody yet.
    package let unbound: Int

    var isEmpty: Bool { realms.isEmpty && unbound == 0 }

    /// Reads them off results and the journal.
    package init(_ records: [ResultRecord], _ entries: [JournalEntry], location: String) {
        self.location = location
        realms = Set(records.compactMap(\.realm) + entries.compactMap(\.realm))
        unbound = records.count { $0.realm == nil }
    }
}
