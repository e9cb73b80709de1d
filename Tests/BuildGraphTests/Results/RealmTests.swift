import BuildGraph
import Diagnostics
import Testing

@Suite struct RealmTests {
    private var fixture = GraphFixture([FakeStage("a"), FakeStage("b", needs: ["a"])])

    private func with(
        _ realms: FakeRealms, _ change: (inout GraphFixture) -> Void = { _ in }
    ) -> GraphFixture {
        var copy = fixture
        copy.realms = realms
        change(&copy)
        return copy
    }

    private func realm(of stage: StageName) async throws -> String? {
        try await fixture.store.load(stage)?.record?.realm?.text
    }

    private func refusal(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
        } catch let problem as Diagnostic {
            #expect(problem.severity == .configuration)
            return problem.code
        } catch {}
        return nil
    }

    @Test func `a run asks once where it has something to do, and binds what it records`()
        async throws
    {
        let realms = FakeRealms(known: "one", answer: "one")
        #expect(try await with(realms).run().status == .succeeded)
        #expect(realms.asks == 1)
        #expect(try await realm(of: "a") == "one")
        let again = FakeRealms(known: "one", answer: nil)
        #expect(try await with(again).run().status == .succeeded)
        #expect(again.asks == 0)
    }

    @Test func `where all is fresh and nobody is known, a run has to ask`() async throws {
        try await with(FakeRealms(answer: "one")).run()
        let realms = FakeRealms(answer: "one")
        try await with(realms).run()
        #expect(realms.asks == 1)
        #expect(await refusal { try await with(FakeRealms(answer: nil)).run() } == "realm.unknown")
        let plan = try await with(FakeRealms(answer: nil)).plan()
        #expect(plan.isFresh && plan.notes == ["account not compared"])
    }

    @Test func `another account is refused before anything is asked or begun`() async throws {
        try await with(FakeRealms(answer: "one")).run()
        let known = FakeRealms(known: "two", answer: "two")
        #expect(await refusal { try await with(known).run() } == "realm.differs")
        #expect(await refusal { _ = try await with(known).plan() } == "realm.differs")
        #expect(known.asks == 0)
        let asked = FakeRealms(answer: "two")
        #expect(
            await refusal { try await with(asked).run(Selection(force: ["a"])) } == "realm.differs")
        #expect(fixture.events.names.filter { $0.hasPrefix("stage-started") }.count == 2)
    }

    @Test func `what is gone with its local cloud is made again, and its entries end`()
        async throws
    {
        let log = Log()
        try await with(FakeRealms(answer: "local")).run()
        fixture.store.bind(Realm("local"))
        let journal = try await Journal(
            store: fixture.store, runId: "dead", time: SystemTimeSource())
        _ = try await journal.intend(
            stage: "a", resource: "image", region: "r", name: nil, token: nil, details: [:])
        let realms = FakeRealms(known: "next", answer: "next", gone: ["local"])
        let next = with(realms) {
            $0.stages = [
                FakeStage("a").with(\.resumes) { _ in
                    log.add("asked"); return false
                },
                FakeStage("b", needs: ["a"]),
            ]
        }
        let plan = try await next.plan()
        #expect(plan.reasons("a") == ["its local cloud is gone"])
        #expect(plan.reasons("b").contains("its local cloud is gone"))
        #expect(try await next.run().status == .succeeded)
        #expect(log.all == [])
        #expect(try await realm(of: "b") == "next")
        let left = try await Journal(store: fixture.store, runId: "x", time: SystemTimeSource())
        #expect(await left.unfinished() == [])
        #expect(!fixture.events.names.contains { $0.hasPrefix("resource-deleted") })
    }

    @Test func `a stage that is of no cloud needs nobody's account`() async throws {
        let realms = FakeRealms(answer: nil)
        let docker = with(realms) {
            $0.stages = [FakeStage("docker").with(\.isOfCloud, false), FakeStage("a")]
        }
        #expect(try await docker.run(Selection(only: ["docker"])).status == .succeeded)
        #expect(realms.asks == 0)
        #expect(await refusal { try await docker.run() } == "realm.unknown")
    }

    @Test func `older results are bound to the account in which they are found`() async throws {
        try await fixture.run()
        let plan = try await with(FakeRealms(known: "one", answer: "one")).plan()
        #expect(plan.states == ["maybe a", "maybe b"])
        #expect(plan.reasons("a") == ["not bound to an account"])
        let realms = FakeRealms(known: "one", answer: "one")
        let summary = try await with(realms).run()
        #expect(summary.statuses == ["fresh a", "fresh b"])
        #expect(realms.asks == 1)
        #expect(try await realm(of: "a") == "one")
        #expect(try await realm(of: "b") == "one")
        #expect(try await with(FakeRealms(known: "one", answer: nil)).plan().isFresh)
    }

    @Test func `of older results, what is missing where the rest is found is made again`()
        async throws
    {
        try await fixture.run()
        let found = with(FakeRealms(answer: "one")) {
            $0.stages = [
                FakeStage("a"), FakeStage("b", needs: ["a"]).with(\.existence, .missing("b")),
            ]
        }
        #expect(try await found.run().statuses == ["fresh a", "succeeded b"])
    }

    @Test(arguments: [true, false])
    func `older results of which nothing is found, or that are another's, are left alone`(
        isForeign: Bool
    ) async throws {
        try await fixture.run()
        let other = with(FakeRealms(answer: "two")) {
            $0.stages = [
                FakeStage("a").with(\.owner, isForeign ? .foreign("a of one") : .open),
                FakeStage("b", needs: ["a"]).with(\.existence, .missing("b")).with(\.owner, .open),
            ]
        }
        #expect(await refusal { try await other.run() } == "realm.differs")
        #expect(try await realm(of: "a") == nil)
    }

    @Test func `a plan of one account is none for another`() async throws {
        let one = FakeRealms(known: "one", answer: "one")
        let planned = with(one)
        let file = PlanFile(
            try await planned.plan(), try await planned.world(), assetId: "1.0",
            realm: one.present())
        let read = try PlanFile(json: file.json, source: "plan")
        #expect(read.realm == Realm("one"))
        let two = with(FakeRealms(answer: "two"))
        #expect(
            await refusal { try await two.run { $0.expectedPlan = read } } == "realm.differs")
        #expect(try await planned.run { $0.expectedPlan = read }.status == .succeeded)
    }
}

extension FakeStage {
    /// A copy with one property set.
    func with<Value>(_ property: WritableKeyPath<FakeStage, Value>, _ value: Value) -> FakeStage {
        var copy = self
        copy[keyPath: property] = value
        return copy
    }
}
