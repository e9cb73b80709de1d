/// The lowest cause of a stage's state and the way from there up to it.
package struct Why: Sendable, Equatable {
    /// One stage on the way.
    package struct Link: Sendable, Equatable {
        /// The stage's name.
        package let stage: StageName
        /// What the plan says of it.
        package let state: StageState
        /// Its reasons, as far as the way goes through them; the first link's are the lowest.
        ///
        /// None where a change merely passes through.
        package let reasons: [Reason]
    }

    /// From the lowest cause up to the stage that was asked about.
    ///
    /// One fresh link where nothing is wrong.
    package let chain: [Link]
}

extension Plan {
    /// Follows a stage's reasons to the lowest cause; nil where there is no such stage.
    ///
    /// Of several causes the first that leads further upstream is followed, so that the answer is
    /// one way and not a tree.
    package func why(_ name: StageName, in graph: StageGraph) -> Why? {
        guard var number = graph.number(of: name) else { return nil }
        var links: [Why.Link] = []
        // An ephemeral stage leads to the durable one that needs it, and from there every step
        // goes upstream, so this ends.
        while let next = next(from: number, graph) {
            let other = graph.stages[next].name
            links.append(
                link(number) {
                    $0.upstreamStage == other || $0 == .neededBy(other) || $0 == .failedLastTime
                        || $0 == .neverRan
                })
            number = next
        }
        let known = Set(links.map(\.stage))
        return Why(chain: Array((links + origin(of: number, graph, known)).reversed()))
    }

    private func next(from number: Int, _ graph: StageGraph) -> Int? {
        for reason in all[number].reasons {
            if case .neededBy(let consumer) = reason { return graph.number(of: consumer) }
            if let upstream = reason.upstreamStage.flatMap({ graph.number(of: $0) }),
                all[upstream].state != .fresh
            {
                return upstream
            }
            // It waits for the first of those that it rests on.
            if reason == .neverRan, let upstream = unmade(under: number, graph) { return upstream }
        }
        return nil
    }

    /// A durable stage that this one rests on, directly or by a machine, and that has to run; one
    /// that failed where there is any.
    private func unmade(under number: Int, _ graph: StageGraph) -> Int? {
        let unmade = ([number] + graph.ephemeralBehind[number]).flatMap { graph.upstream[$0] }
            .filter { !graph.stages[$0].isEphemeral && all[$0].state == .run }
        return unmade.first { all[$0].reasons.contains(.failedLastTime) } ?? unmade.first
    }

    private func link(_ number: Int, where isOnTheWay: (Reason) -> Bool) -> Why.Link {
        let planned = all[number]
        return Why.Link(
            stage: planned.name, state: planned.state,
            reasons: planned.reasons.filter(isOnTheWay))
    }

    /// The lowest stage, and below it the ephemeral ones down to the one that declares what
    /// changed, as their inputs count as inputs of the durable stage; else down to the one that
    /// failed, as that is why the durable one has not run since.
    ///
    /// - Parameter known: what the way has led through already.
    private func origin(
        of number: Int, _ graph: StageGraph, _ known: Set<StageName>
    ) -> [Why.Link] {
        let own = graph.stages[number]
        let reasons = all[number].reasons
        for reason in reasons where !own.declares(reason) {
            guard
                let declarer = graph.ephemeralBehind[number].first(where: {
                    graph.stages[$0].declares(reason)
                })
            else { continue }
            let declared = reasons.filter { graph.stages[declarer].declares($0) }
            return [link(number) { !declared.contains($0) }]
                + way(from: number, to: declarer, graph)
                + [
                    Why.Link(
                        stage: all[declarer].name, state: all[declarer].state, reasons: declared)
                ]
        }
        let failed = graph.ephemeralBehind[number].first {
            all[$0].reasons.contains(.failedLastTime) && !known.contains(all[$0].name)
        }
        guard all[number].state != .fresh, let failed else { return [link(number) { _ in true }] }
        return [link(number) { _ in true }] + way(from: number, to: failed, graph)
            + [link(failed) { $0 == .failedLastTime }]
    }

    /// The ephemeral stages strictly between a stage and one that it rests on.
    private func way(from number: Int, to goal: Int, _ graph: StageGraph) -> [Why.Link] {
        var way: [Why.Link] = []
        var current = number
        while let next = graph.upstream[current].first(where: {
            $0 == goal || graph.ephemeralBehind[$0].contains(goal)
        }), next != goal {
            way.append(link(next) { _ in false })
            current = next
        }
        return way
    }
}

extension AnyStage {
    /// Whether what a reason is about is among this stage's own settings, files or revision.
    fileprivate func declares(_ reason: Reason) -> Bool {
        switch reason {
        case .settingChanged(let pointer, _, _):
            inputs.contains { input in
                guard case .setting(let own, _) = input else { return false }
                return pointer == own || pointer.hasPrefix("\(own)/")
                    || pointer == "\(own) of \(name)"
            }
        case .fileChanged(let path, _, _), .fileAdded(let path, _), .fileRemoved(let path, _),
            .whatIf(let path):
            inputs.contains { input in
                switch input {
                case .setting: false
                case .file(let own): own == path
                case .folder(let own):
                    own == "." || path.hasPrefix(own.hasSuffix("/") ? own : "\(own)/")
                }
            }
        case .revisionChanged(let stage, _, _): stage == name
        default: false
        }
    }
}
