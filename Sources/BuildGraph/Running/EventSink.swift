package import Diagnostics
import Synchronization

/// Hands events to one receiver, one at a time and in the order of their times.
package final class EventSink: Sendable {
    private let time: any TimeSource
    private let run: RunEvent.Run?
    private let receive: @Sendable (RunEvent) -> Void
    private let turn = Mutex(())

    /// Makes a sink.
    ///
    /// - Parameters:
    ///   - time: what the events' times go by.
    ///   - run: whose they are; nil for nobody's.
    ///   - receive: called for each event; it must not emit another one.
    package init(
        time: any TimeSource, run: RunEvent.Run? = nil,
        receive: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.time = time
        self.run = run
        self.receive = receive
    }

    /// Stamps and delivers an event.
    package func emit(_ kind: RunEvent.Kind, stage: StageName? = nil) {
        turn.withLock { _ in
            receive(RunEvent(time: time.now(), run: run, stage: stage, kind: kind))
        }
    }
}
