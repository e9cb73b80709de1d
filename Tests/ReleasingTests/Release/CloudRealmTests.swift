import BuildGraph
import Testing

@testable import Releasing

@Suite struct CloudRealmTests {
    private static let state = CloudRealm.LocalState(
        account: "555555555555", id: "s1", endpoint: "127.0.0.1:1", home: "/a b/.localcloud")
    private static let next = CloudRealm.LocalState(
        account: "666666666666", id: "s2", endpoint: "127.0.0.1:1", home: "/a b/.localcloud")
    private static let realms: [CloudRealm] = [
        .aws(partition: "aws", account: "111111111111"),
        .aws(partition: "aws", account: "222222222222"),
        .aws(partition: "aws-cn", account: "111111111111"),
        .endpoint("127.0.0.1:1", account: "111111111111"),
        .endpoint("127.0.0.1:2", account: "111111111111"),
        .endpoint("127.0.0.1:1", account: "222222222222"),
        .local(state), .local(next),
    ]

    private func place(_ realm: CloudRealm) -> (CloudRealm.Place, String?) {
        switch realm {
        case .aws(let partition, let account): (.aws(partition: partition), account)
        case .endpoint(let endpoint, let account): (.endpoint(endpoint), account)
        case .local(let state): (.local(state), nil)
        }
    }

    @Test(arguments: realms) func `a realm is read as it was written`(_ realm: CloudRealm) {
        #expect(CloudRealm(realm.realm) == realm)
    }

    @Test func `a realm is the same as itself and as no other`() {
        for recorded in Self.realms {
            for present in Self.realms {
                let (place, account) = place(present)
                let verdict = recorded.verdict(at: place, account: account) { _ in true }
                if recorded == present {
                    #expect(verdict == .same)
                } else if case .differs(let one, let other) = verdict {
                    #expect(one == recorded.description && other == present.description)
                } else {
                    Issue.record("\(recorded) at \(present): \(verdict)")
                }
            }
        }
    }

    @Test func `a local cloud that runs no more is gone, for local runs alone`() {
        let recorded = CloudRealm.local(Self.state)
        for place in [CloudRealm.Place.local(nil), .local(Self.next)] {
            #expect(recorded.verdict(at: place, account: nil) { _ in false } == .gone)
            guard case .differs = recorded.verdict(at: place, account: nil, isThere: { _ in true })
            else { Issue.record("one that runs beside this is another"); continue }
        }
        let aws = CloudRealm.Place.aws(partition: "aws")
        guard case .differs = recorded.verdict(at: aws, account: nil, isThere: { _ in false })
        else {
            Issue.record("AWS is no local cloud")
            return
        }
    }

    @Test func `without an account only the place is compared`() {
        let recorded = Self.realms[0]
        let aws = CloudRealm.Place.aws(partition: "aws")
        #expect(recorded.verdict(at: aws, account: nil) { _ in true } == .notCompared)
        guard
            case .differs = recorded.verdict(
                at: .aws(partition: "aws-cn"), account: nil, isThere: { _ in true })
        else {
            Issue.record("partitions differ")
            return
        }
    }

    @Test func `a local cloud reached as an endpoint is the same realm`() {
        let local = CloudRealm.local(Self.state)
        let build = CloudRealm.endpoint("127.0.0.1:1", account: "555555555555")
        #expect(
            local.verdict(at: .endpoint("127.0.0.1:1"), account: "555555555555") { _ in true }
                == .same)
        #expect(build.verdict(at: .local(Self.state), account: nil) { _ in true } == .same)
        guard
            case .differs = build.verdict(
                at: .local(Self.next), account: nil, isThere: { _ in true })
        else {
            Issue.record("its next state has another account")
            return
        }
    }
}
