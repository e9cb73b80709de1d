import Testing

@testable import GitHub

@Suite struct RepositoryNameTests {
    @Test func `an owner and a name are taken apart`() throws {
        let name = try #require(RepositoryName("exasol/data-science_sandbox.x"))
        #expect(name.owner == "exasol")
        #expect(name.path == "/repos/exasol/data-science_sandbox.x")
        #expect(name.description == "exasol/data-science_sandbox.x")
    }

    @Test(arguments: [
        "", "a", "a/", "/b", "a/b/c", "a/..", "./b", "a/b?c", "a b/c", "ä/b", "a/b\n",
    ])
    func `anything else is no repository`(text: String) { #expect(RepositoryName(text) == nil) }
}
