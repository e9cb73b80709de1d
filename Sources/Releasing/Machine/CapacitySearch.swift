/// Which type in which zone is tried next, from what was refused so far: no clock, no I/O.
///
/// | after | comes |
/// |---|---|
/// | nothing | the first type, in the zone that EC2 chooses |
/// | no capacity there | the type's zones in turn, then the next type |
/// | a zone lacks the type | the same, and that place is never tried again |
/// | the account's vCPU limit | the next type: a limit is the region's, not a zone's |
/// | a type that alone exceeds it | the next type, for good: it leaves `types` |
/// | everything was refused | a wait, then all of it again from the first |
/// | everything is lacking | giving up at once: waiting changes nothing |
/// | waits of `longestWaitSeconds` | giving up |
struct CapacitySearch: Sendable, Equatable {
    /// A type, and a zone or the one that EC2 chooses.
    struct Place: Sendable, Hashable, CustomStringConvertible {
        let type: String
        let zone: String?

        var description: String { "`\(type)` in " + (zone ?? "the zone that EC2 chooses") }
    }

    /// What happened, in order.
    enum Event: Sendable, Equatable {
        case refused(Place, LaunchRefusal)
        case waited(seconds: Double)
    }

    /// What is to be done.
    enum Step: Sendable, Equatable {
        case launch(Place)
        case wait(seconds: Double)
        case giveUp
    }

    /// In the order of the manifest, without what is larger than the account's limit.
    var types: [String]
    /// The zones that offer a type; empty before anything was refused, since nobody has asked.
    var zones: [String: [String]] = [:]

    /// The sum of all waits; quotas and capacity come back within a day, or somebody has to look.
    static let longestWaitSeconds = 24 * 3600.0
    private static let firstWaitSeconds = 10.0
    private static let longestPauseSeconds = 300.0

    /// The step after these events.
    func next(after events: [Event]) -> Step {
        var lacking: Set<Place> = []
        var refused: Set<Place> = []
        var limited: Set<String> = []
        var waits: [Double] = []
        for event in events {
            switch event {
            case .waited(let seconds):
                waits.append(seconds)
                refused = []
                limited = []
            case .refused(let place, let refusal):
                refused.insert(place)
                if refusal == .unsupported { lacking.insert(place) }
                if refusal == .vcpuLimit { limited.insert(place.type) }
            }
        }
        let possible = places.filter { !lacking.contains($0) }
        if let place = possible.first(where: {
            !refused.contains($0) && !limited.contains($0.type)
        }) {
            return .launch(place)
        }
        let waited = waits.reduce(0, +)
        guard !possible.isEmpty, waited < Self.longestWaitSeconds else { return .giveUp }
        // The exponent is bounded, so that the power stays a number.
        let pause = Self.firstWaitSeconds * Double(1 << min(waits.count, 10))
        return .wait(
            seconds: min(pause, Self.longestPauseSeconds, Self.longestWaitSeconds - waited))
    }

    private var places: [Place] {
        types.flatMap { type in
            [Place(type: type, zone: nil)]
                + (zones[type] ?? []).map { Place(type: type, zone: $0) }
        }
    }
}
