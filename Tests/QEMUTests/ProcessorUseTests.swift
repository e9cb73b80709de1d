import Foundation
import Testing

@testable import QEMU

@Suite struct ProcessorUseTests {
    private func line(_ state: String, user: Int = 0, system: Int = 0) -> String {
        "17 (a (b) c) \(state) 1 1 1 0 -1 0 0 0 0 0 \(user) \(system) 0 0 20 0 1 0 5 0 0"
    }

    @Test func `times are read behind a name that holds anything`() throws {
        let use = try #require(
            ProcessorUse(
                process: line("S", user: 150, system: 50), threads: [line("S")],
                ticksPerSecond: 100))
        #expect(use == ProcessorUse(seconds: 2, isWaiting: false))
    }

    @Test(arguments: [
        ("R", true), ("D", true), ("T", true), ("t", true), ("S", false), ("I", false),
    ])
    func `one thread that would go on is enough`(state: String, isWaiting: Bool) {
        let use = ProcessorUse(
            process: line("S"), threads: [line("S"), line(state)], ticksPerSecond: 100)
        #expect(use?.isWaiting == isWaiting)
    }

    @Test(arguments: ["", "17 (a) R", "no parentheses"])
    func `what is no such line is no use`(text: String) {
        #expect(ProcessorUse(process: text, threads: [], ticksPerSecond: 100) == nil)
    }

    @Test func `this very process has used a processor, and nobody's none`() throws {
        #expect(try #require(ProcessorUse.of(process: getpid())).isWaiting)
        #expect(ProcessorUse.ofProcess(in: "/nowhere/qemu.pid") == nil)
    }
}
