import Testing

@testable import Commands

@Suite struct TextTableTests {
    private let rows: [[TextTable.Cell]] = [
        [.init("run", .run), "ami", .init("setting /ami/name changed")],
        [.init("blocked", .blocked), "export-vmdk", ""],
    ]

    @Test func `colours take no column`() {
        let plain = TextTable.lines(rows, .plain, columns: nil)
        #expect(
            plain == ["run      ami          setting /ami/name changed", "blocked  export-vmdk"])
        let coloured = TextTable.lines(
            rows, Palette(isTerminal: true, noColor: false, environment: [:]), columns: nil)
        #expect(coloured[1] == "\u{1B}[35mblocked\u{1B}[0m  export-vmdk")
        #expect(coloured.map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") } == plain)
    }

    @Test(arguments: 1...60)
    func `the last column is cut at words`(columns: Int) {
        let line = TextTable.lines(rows, .plain, columns: columns)[0]
        #expect(line.count <= max(columns, 22))
        let last = line.dropFirst(22)
        #expect(
            ["", "setting…", "setting /ami/name…", "setting /ami/name changed"].contains(last))
    }

    @Test func `text of others makes no lines and moves no cursor`() {
        #expect(TextTable.text([["a\nb", "\u{1B}[1A"]]) == "a\\nb  \\u{1b}[1A")
    }
}
