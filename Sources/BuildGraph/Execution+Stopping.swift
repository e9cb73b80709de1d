import Diagnostics

/// What happens to stages that have not started when a run stops.
extension Execution {
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

    /// Tells every stage that waits that it will not run. It may still turn out fresh.
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

    /// Ends what was never decided on: machines that nothing needed after all.
    func finishUnneeded() {
        for number in graph.stages.indices where setup.plan.isListed[number] {
            recorder.finish(number, .fresh)
        }
    }
}
