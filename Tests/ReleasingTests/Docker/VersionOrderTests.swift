import Testing

@testable import Releasing

@Suite struct VersionOrderTests {
    @Test func `versions are ordered part by part, previews below`() throws {
        let texts = [
            "0.9", "3.4.0-alpha", "3.4.0-rc.2", "3.4.0-rc.10", "3.4.0", "3.4.1", "3.9.9",
            "3.10.0", "10.0",
        ]
        let versions = try texts.map { try VersionOrder($0).orThrow() }
        for (index, version) in versions.enumerated() {
            for other in versions[(index + 1)...] {
                #expect(version < other && !(other < version))
            }
        }
        #expect(VersionOrder("v3.4") == VersionOrder("3.4.0+build"))
        #expect(VersionOrder("3.4.x") == nil && VersionOrder("") == nil)
    }

    @Test(
        arguments: [
            ("3.4.0", nil, true), ("3.4.0", "3.4.0", true), ("3.10.0", "3.9.0", true),
            ("3.9.0", "3.10.0", false), ("3.4.0-rc.1", "3.4.0", false),
            ("nightly", "3.4.0", false), ("nightly", "nightly", true), ("3.4.0", "nightly", true),
        ] as [(String, String?, Bool)])
    func `latest goes to the highest`(version: String, present: String?, moves: Bool) {
        #expect(VersionOrder.isNewest(version, beside: present) == moves)
    }
}
