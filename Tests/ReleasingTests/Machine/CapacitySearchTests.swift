import TestSupport
import Testing

@testable import Releasing

@Suite struct CapacitySearchTests {
    private typealias Place = CapacitySearch.Place

    private let search = CapacitySearch(
        types: ["a", "b"], zones: ["a": ["z1", "z2"], "b": ["z2"]])
    private let order = [
        Place(type: "a", zone: nil), Place(type: "a", zone: "z1"), Place(type: "a", zone: "z2"),
        Place(type: "b", zone: nil), Place(type: "b", zone: "z2"),
    ]

    /// Plays a world until a machine starts or the search ends.
    private func play(
        _ search: CapacitySearch, mostSteps: Int = 5000,
        _ world: (Place, _ waits: Int) -> LaunchRefusal?
    ) -> (events: [CapacitySearch.Event], started: Place?) {
        var events: [CapacitySearch.Event] = []
        var waits = 0
        for _ in 0..<mostSteps {
            switch search.next(after: events) {
            case .launch(let place):
                guard let refusal = world(place, waits) else { return (events, place) }
                events.append(.refused(place, refusal))
            case .wait(let seconds):
                waits += 1
                events.append(.waited(seconds: seconds))
            case .giveUp: return (events, nil)
            }
        }
        Issue.record("the search has no end")
        return (events, nil)
    }

    private func tried(_ events: [CapacitySearch.Event]) -> [Place] {
        events.compactMap { if case .refused(let place, _) = $0 { place } else { nil } }
    }

    @Test func `EC2 chooses first, then each zone is tried, then the next type`() {
        let (events, started) = play(search) { place, _ in
            place == order.last ? nil : .noCapacity
        }
        #expect(tried(events) == order.dropLast())
        #expect(started == order.last)
    }

    @Test func `a limit of vCPUs is the region's, so that no other zone is asked`() {
        let (events, _) = play(search) { _, waits in waits == 0 ? .vcpuLimit : nil }
        #expect(tried(events) == [order[0], order[3]])
        #expect(events.last == .waited(seconds: 10))
    }

    @Test func `where every zone lacks every type nothing is waited for`() {
        let (events, started) = play(search) { _, _ in .unsupported }
        #expect(tried(events) == order)
        #expect(started == nil)
    }

    @Test func `waits grow to five minutes and end after a day`() {
        let (events, started) = play(search) { _, _ in .vcpuLimit }
        let waits = events.compactMap { event -> Double? in
            if case .waited(let seconds) = event { seconds } else { nil }
        }
        #expect(Array(waits.prefix(6)) == [10, 20, 40, 80, 160, 300])
        #expect(waits.max() == 300)
        #expect(waits.reduce(0, +) == CapacitySearch.longestWaitSeconds)
        #expect(started == nil)
    }

    @Test(arguments: 0..<60)
    func `what can start is started, and nothing hopeless is tried twice`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let types = (0..<Int.random(in: 1...3, using: &random)).map { "t\($0)" }
        var zones: [String: [String]] = [:]
        for type in types {
            zones[type] = (0..<Int.random(in: 0...3, using: &random)).map { "z\($0)" }
        }
        let search = CapacitySearch(types: types, zones: zones)
        let places = types.flatMap { type in
            [Place(type: type, zone: nil)]
                + (zones[type] ?? []).map { Place(type: type, zone: $0) }
        }
        // What each place answers, and after how many waits it starts a machine; nil for never.
        var answers: [Place: (refusal: LaunchRefusal, opens: Int?)] = [:]
        for place in places {
            let refusal = LaunchRefusal.allCases.randomElement(using: &random) ?? .noCapacity
            let opens = Bool.random(using: &random) ? Int.random(in: 0...4, using: &random) : nil
            answers[place] = (refusal, refusal == .unsupported ? nil : opens)
        }
        func isOpen(_ place: Place, _ waits: Int) -> Bool {
            answers[place]?.opens.map { waits >= $0 } ?? false
        }
        let (events, started) = play(search) { place, waits in
            isOpen(place, waits) ? nil : answers[place]?.refusal
        }
        var waits = 0
        var round: Set<Place> = []
        var lacking: Set<Place> = []
        for event in events {
            switch event {
            case .waited:
                waits += 1
                round = []
            case .refused(let place, let refusal):
                #expect(places.contains(place))
                #expect(round.insert(place).inserted)
                #expect(!lacking.contains(place))
                if refusal == .unsupported { lacking.insert(place) }
            }
        }
        if let started {
            #expect(isOpen(started, waits))
        } else {
            #expect(lacking.count == places.count || waits > 200)
        }
    }
}
