import TestSupport
import Testing

@testable import QEMU

@Suite struct BootWatchTests {
    private static let limits = BootLimits(stillSeconds: 100, totalSeconds: 10_000)

    /// Looks once a second for as long as the watch goes on, at most so many times.
    private func watch(
        _ limits: BootLimits = limits, looks: Int = 20_000, isWaiting: Bool,
        share: Double, console: (Int) -> Int = { _ in 0 }, disk: (Int) -> Int64 = { _ in 0 }
    ) -> (verdict: BootWatch.Verdict, seconds: Int) {
        var watch = BootWatch(limits, start: 0)
        for second in 0..<looks {
            let verdict = watch.observe(
                .init(consoleBytes: console(second), diskBytes: disk(second)),
                ProcessorUse(seconds: Double(second) * share, isWaiting: isWaiting),
                at: Double(second))
            if verdict != .goOn { return (verdict, second) }
        }
        return (.goOn, looks)
    }

    @Test func `a guest that computes and writes nothing stands still`() {
        #expect(watch(isWaiting: true, share: 2) == (.standsStill, 100))
    }

    @Test func `a guest that sleeps and writes nothing stands still`() {
        #expect(watch(isWaiting: false, share: 0) == (.standsStill, 100))
    }

    @Test func `a machine that gets a fifth of a processor has five times as long`() {
        let found = watch(isWaiting: true, share: 0.2)
        #expect(found.verdict == .standsStill)
        #expect((500...501).contains(found.seconds))
    }

    @Test func `a machine that gets no processor at all is not judged`() {
        #expect(watch(looks: 9_999, isWaiting: true, share: 0).verdict == .goOn)
    }

    @Test func `every sign of life gives all of the time again`() {
        let console = watch(isWaiting: true, share: 1, console: { min($0 / 99, 20) })
        #expect(console == (.standsStill, 20 * 99 + 100))
        let disk = watch(isWaiting: true, share: 1, disk: { Int64(min($0 / 99, 20)) })
        #expect(disk == (.standsStill, 20 * 99 + 100))
    }

    @Test func `what writes for ever ends all the same`() {
        #expect(watch(isWaiting: true, share: 1, console: { $0 }) == (.tooLong, 10_000))
    }

    @Test func `a process that is not there yet is not judged`() {
        var watch = BootWatch(Self.limits, start: 0)
        for second in 0..<9_999 {
            let verdict = watch.observe(
                .init(consoleBytes: 0, diskBytes: 0), nil, at: Double(second))
            #expect(verdict == .goOn)
        }
    }

    @Test func `a pause of this program's own counts as little`() {
        var served = ServedTime()
        served.observe(ProcessorUse(seconds: 0, isWaiting: false), at: 0)
        served.observe(ProcessorUse(seconds: 0, isWaiting: false), at: 3600)
        #expect(served.seconds == 5)
    }

    /// A machine's share, looked at once a second.
    private func share(_ use: (Int) -> ProcessorUse, seconds: Int = 60) -> Double? {
        var served = ServedTime()
        for second in 0..<seconds { served.observe(use(second), at: Double(second)) }
        return served.share
    }

    @Test(arguments: [0.0, 0.2, 1, 2]) func `what it got of what it wanted is its share`(
        _ part: Double
    ) throws {
        let found = try #require(
            share { ProcessorUse(seconds: Double($0) * part, isWaiting: true) })
        #expect(abs(found - part) < 1e-9)
    }

    @Test func `who sleeps, or is caught awake now and then, wants nothing`() {
        #expect(share { _ in ProcessorUse(seconds: 0, isWaiting: false) } == nil)
        #expect(
            share { ProcessorUse(seconds: Double($0) * 0.01, isWaiting: $0 % 7 == 0) } == nil)
        #expect(share({ _ in ProcessorUse(seconds: 0, isWaiting: true) }, seconds: 2) == nil)
    }

    @Test func `a long sleep after it starved does not hide that`() throws {
        let found = try #require(
            share(
                { second in
                    ProcessorUse(
                        seconds: Double(min(second, 100)) * 0.2, isWaiting: second <= 100)
                }, seconds: 2000))
        #expect(abs(found - 0.2) < 1e-9)
    }

    @Test func `served time never exceeds what passed, nor runs backwards`() {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<200 {
            var served = ServedTime()
            var (moment, used, last) = (0.0, 0.0, 0.0)
            for _ in 0..<50 {
                moment += Double.random(in: 0...4, using: &generator)
                used += Double.random(in: 0...8, using: &generator)
                let use = ProcessorUse(
                    seconds: used, isWaiting: Bool.random(using: &generator))
                served.observe(
                    Int.random(in: 0..<9, using: &generator) == 0 ? nil : use, at: moment)
                #expect(served.seconds >= last)
                #expect(served.seconds <= moment + 1e-9)
                last = served.seconds
            }
        }
    }
}
