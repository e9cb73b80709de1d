import BuildGraph
import Diagnostics
import Foundation
import JSON
import Releasing
import Testing

@testable import Commands

@Suite struct InterruptionTests {
    private static let nothing =
        "ended at once: this run has made nothing that is left; the next one looks after what the "
        + "journal names"
    private static let run = RunEvent.Run(id: "run-1", assetId: "1.0")
    private static let stack = RunEvent.Resource(
        kind: "cloudformation:stack", region: "eu-central-1", id: "arn:aws:x", name: "EC2-1.0-x")
    private static let task = RunEvent.Resource(
        kind: "ec2:export-image-task", region: "eu-central-1", id: "export-ami-1", name: nil)

    private func interruption(_ events: [(StageName, RunEvent.Kind)]) -> Interruption {
        var things = StandingThings()
        for (stage, kind) in events {
            things.update(RunEvent(time: Date(), run: Self.run, stage: stage, kind: kind))
        }
        let known = things
        return Interruption(
            things: { known }, cleaning: { "dssbatch clean m.json --asset-id \($0)" },
            hourlyUSD: { 0.061 })
    }

    @Test func `nothing that stands is nothing to remove`() {
        let none = interruption([
            ("instance", .resourceCreated(Self.stack)),
            ("instance", .resourceDeleted(Self.stack)),
        ])
        #expect(none.first == "interrupted: stopping what runs; Ctrl-C again ends at once")
        #expect(none.second == Self.nothing)
    }

    @Test func `what stands is removed, and what is left costs something`() {
        let some = interruption([
            ("instance", .resourceCreated(Self.stack)),
            ("instance", .stageFinished(.succeeded, seconds: 1)),
            ("export-vmdk", .resourceCreated(Self.task)),
        ])
        #expect(
            some.first
                == "interrupted: removing stack `EC2-1.0-x` in eu-central-1, which takes about "
                + "2 min; Ctrl-C again leaves it")
        #expect(
            some.second
                == "ended at once: stack `EC2-1.0-x` in eu-central-1, export-task `export-ami-1` "
                + "in eu-central-1 stay; a machine costs about 0.06 USD an hour\n"
                + "hint: run the same command again to continue, or remove what is left with "
                + "`dssbatch clean m.json --asset-id 1.0`")
    }

    @Test(arguments: [
        (OnError.keep, "stay, as `--on-error keep` says"),
        (.ask({ _ in true }), "you are asked whether stack `EC2-1.0-x` in eu-central-1 stay"),
    ])
    func `what is kept is not said to be removed`(onError: OnError, words: String) {
        var kept = interruption([("instance", .resourceCreated(Self.stack))])
        kept.onError = onError
        #expect(kept.first.contains(words))
        #expect(!kept.first.contains("removing"))
    }

    @Test func `what is recorded is no leftover`() {
        let recorded = interruption([
            ("export-vmdk", .resourceCreated(Self.task)),
            ("export-vmdk", .stageFinished(.succeeded, seconds: 1, outputs: ["key": "k"])),
        ])
        #expect(recorded.second == Self.nothing)
    }
}
