import BuildGraph
import Diagnostics

/// What is known of the stages that go on, from the events of their runs.
struct LiveBoard {
    /// One stage of a run.
    struct Stage {
        enum State: Equatable {
            case waiting
            case running
            /// What it made is being removed; it had ended so before.
            case takingDown(after: RunEvent.Status)
            case ended(RunEvent.Status)
        }

        /// Whether something goes on.
        var isActive: Bool {
            switch state {
            case .running, .takingDown: true
            case .waiting, .ended: false
            }
        }

        /// Behind its asset's id where there are several.
        let name: String
        let assetId: String?
        var state = State.waiting
        /// By a clock that only goes forward.
        var startedAt = 0.0
        /// How long it took last time.
        var expectedSeconds: Double?
        /// How long it took, where it has ended.
        var seconds = 0.0
        var percent: Double?
        /// One line, as it is shown.
        var message = ""
        /// How many things it has made that are still there.
        var things = 0
    }

    private(set) var stages: [Stage] = []
    /// How many releases there are; nil for one alone.
    var releases: Int?
    /// Those that have ended.
    private(set) var endedReleases = 0
    /// When the first plan was told.
    private(set) var startedAt: Double?
    /// How long all of it takes, as it took last time.
    private(set) var expectedSeconds = 0.0

    /// How many stages have ended.
    var ended: Int {
        stages.count { if case .ended = $0.state { true } else { false } }
    }

    /// Takes an event in.
    ///
    /// - Parameter now: when, by a clock that only goes forward.
    mutating func update(_ event: RunEvent, at now: Double) {
        if case .plan(let plan) = event.kind { return lay(out: plan, event.assetId, now) }
        if event.stage == nil {
            if case .runFinished = event.kind, releases != nil { endedReleases += 1 }
            return
        }
        guard let name = event.subject else { return }
        switch event.kind {
        case .stageStarted(let expected):
            change(name, event.assetId) { stage in
                stage.state = .running
                stage.startedAt = now
                stage.expectedSeconds = expected
            }
        case .stageProgress(let percent, let message):
            change(name, event.assetId) { stage in
                stage.percent = percent
                stage.message = ShownText.line(message)
                if case .ended(let status) = stage.state, stage.things > 0 {
                    stage.state = .takingDown(after: status)
                    stage.startedAt = now
                    stage.expectedSeconds = nil
                }
            }
        case .resourceCreated: change(name, event.assetId) { $0.things += 1 }
        case .resourceDeleted:
            change(name, event.assetId) { stage in
                stage.things -= 1
                guard stage.things <= 0, case .takingDown(let status) = stage.state else { return }
                stage.state = .ended(status)
            }
        case .stageFinished(let status, let seconds, _):
            // What turned out fresh, or could not begin, was none of this run's work.
            guard let known = stages.firstIndex(where: { $0.name == name }) else { return }
            if stages[known].state == .waiting {
                stages.remove(at: known)
            } else {
                stages[known].state = .ended(status)
                stages[known].seconds = seconds
            }
        default: break
        }
    }

    /// Forgets everything but how many releases there are.
    mutating func clear() { self = LiveBoard(releases: releases) }

    /// - Parameter releases: how many there are; nil for one alone.
    init(releases: Int? = nil) { self.releases = releases }

    private mutating func lay(out plan: Plan, _ assetId: String?, _ now: Double) {
        startedAt = startedAt ?? now
        stages.removeAll { $0.assetId == assetId && $0.state == .waiting }
        // A run that looks something up first plans twice.
        let known = Set(stages.map(\.name))
        for planned in plan.stages where planned.state == .run || planned.state == .maybe {
            let name = ([assetId].compactMap { $0 } + [planned.name.rawValue])
                .joined(separator: " ")
            guard !known.contains(name) else { continue }
            stages.append(
                Stage(
                    name: name, assetId: assetId, expectedSeconds: planned.expectedSeconds))
        }
        // Of many at once nobody knows how much is side by side.
        expectedSeconds = assetId == nil ? now - (startedAt ?? now) + plan.sums.seconds : 0
    }

    private mutating func change(
        _ name: String, _ assetId: String?, _ change: (inout Stage) -> Void
    ) {
        if let known = stages.firstIndex(where: { $0.name == name }) {
            change(&stages[known])
        } else {
            // No plan has told of it.
            var stage = Stage(name: name, assetId: assetId)
            change(&stage)
            stages.append(stage)
        }
    }
}
