import Diagnostics

/// What happens to stages that have not started when a run stops.
extension Execution {
    /// Whether even what has been decided on must not start any more.
    var mustEnd: Bool { stop == .interrupted || stop == .fatal }

    func blocked(_ number: Int, _ reasons: [Reason]) -> Diagnostic {
        Diagnostic(
            code: "graph.blocked",
            summary: "stage `\(graph.stages[number].name)` cannot run",
            causes: reasons.filter { $0.upstreamStage != nil }.map(\.description),
            hint: "mend that stage, or do not skip it")
    }

    /// Why a stage may not replace what it would; nil where it may.
    func protection(_ number: Int, _ digests: InputDigests) -> Diagnostic? {
        guard !setup.options.hasConsent else { return nil }
        let stage = graph.stages[number]
        return Protection.problem(
            stage.name,
            setup.world.effects(of: stage, records[number], material(number, digests)))
    }

    /// After a failure without `-k`: says that nothing new starts.
    ///
    /// A stage whose machines are being started counts as running: its work is half done.
    func stopAfterFailure(of number: Int) {
        guard !setup.options.keepGoing, stop == nil else { return }
        stop = .failure
        let running = graph.stages.indices.count { other in
            phases[other] == .running || phases[other] == .committed
        }
        let waits = phases.contains(.waiting) || phases.contains(.reading)
        guard waits || running > 1 else { return }
        setup.events.emit(
            .warning(
                "stage `\(graph.stages[number].name)` failed: no other stage starts (`-k` would "
                    + "go on), and what runs is waited for"))
    }

    /// Tells every stage that waits that it will not run; it may still turn out fresh.
    func letGoOfWhatWaits() {
        announcedStop = stop
        for number in graph.stages.indices {
            switch phases[number] {
            case .waiting, .reading: release(number)
            case .committed where mustEnd:
                for other in graph.ephemeralBehind[number] { hasTrouble[other] = true }
                finish(number, .cancelled)
            case .committed, .running, .settled: continue
            }
        }
    }

    /// Ends the machines that were never started: nothing needed them after all, or nothing that
    /// needed them came to run.
    func finishUnneeded() {
        for number in graph.stages.indices where setup.plan.isListed[number] {
            let causes = consumers[number].compactMap { recorder.blockCause($0) }
            let status: RunEvent.Status =
                causes.isEmpty ? .fresh : causes.contains(.cancelled) ? .cancelled : .blocked
            recorder.finish(number, status)
        }
    }
}
