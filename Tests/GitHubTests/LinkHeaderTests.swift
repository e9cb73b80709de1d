import Testing

@testable import GitHub

@Suite struct LinkHeaderTests {
    @Test func `the page behind is found wherever it stands`() {
        let next = "<https://api.example/a,b;c?page=2>; rel=\"next\""
        let last = "<https://api.example/a?page=9>; rel=\"last\""
        for header in [next, "\(next), \(last)", "\(last),\(next)", "\(last), \(next);title=x"] {
            #expect(LinkHeader.next(header) == "https://api.example/a,b;c?page=2")
        }
        #expect(LinkHeader.next("<https://api.example/a>; rel=next") == "https://api.example/a")
    }

    @Test(arguments: [
        nil, "", "<https://a>", "<https://a; rel=\"next\"", "<https://a>; rel=\"prev\"",
    ])
    func `the last page has none behind it`(header: String?) {
        #expect(LinkHeader.next(header) == nil)
    }
}
