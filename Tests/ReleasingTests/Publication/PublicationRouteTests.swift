import Diagnostics
import Testing

@testable import Releasing

@Suite struct PublicationRouteTests {
    private func choose(
        hasImage: Bool = false, staleBecause: String? = nil, hasResult: Bool = false,
        isUnfinished: Bool = false
    ) throws -> PublicationRoute {
        try .choose(
            hasImage: hasImage, staleBecause: staleBecause, hasResult: hasResult,
            isUnfinished: isUnfinished, manifest: "release.json")
    }

    @Test(arguments: [nil, "file ansible/a.yml changed"])
    func `a recorded image goes by the stage, stale or not`(reason: String?) throws {
        let route = try choose(hasImage: true, staleBecause: reason, hasResult: true)
        #expect(route == .stage(staleBecause: reason))
    }

    @Test func `without a result the tag decides`() throws {
        #expect(try choose() == .tags)
    }

    @Test func `a failed image is not looked for by its tag`() throws {
        let error = #expect(throws: Diagnostic.self) { try choose(hasResult: true) }
        #expect(error?.code == "ami.not-recorded")
        #expect(error?.hint?.contains("dssbatch adopt release.json ami --id") == true)
    }

    @Test(arguments: [true, false])
    func `what a run left unfinished is not published`(hasImage: Bool) throws {
        let error = #expect(throws: Diagnostic.self) {
            try choose(hasImage: hasImage, hasResult: hasImage, isUnfinished: true)
        }
        #expect(error?.code == "ami.unfinished")
    }
}
