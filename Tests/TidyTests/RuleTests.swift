import Testing

/// Each rule finds what it is there for, and nothing else.
struct RuleTests {
    private func lines(_ findings: [Finding]) -> [Int] { findings.map(\.line) }

    @Test func `a text is taken apart into code and comments`() {
        let text = SwiftText(
            """
            let a = "x // \\(b("{", c) + "}") y" // one "two"
            /* three /* four */ five */ let d = #"\\("#
            let e = \"""
                fatalError( "
                \"""; f()
            """)
        #expect(
            text.code == [
                #"let a = "(b("", c) + "")" "#, #" let d = """#, #"let e = ""#, "", #""; f()"#,
            ])
        #expect(text.comments[0] == #"// one "two""#)
        #expect(text.comments[1].hasPrefix("/* three /* four */ five *"))
        #expect(text.lines.count == 5)
    }

    @Test func `a long file is found`() {
        let lines = { SwiftText(String(repeating: "x\n", count: $0)) }
        #expect(SizeRules.file(lines(300), isTest: false).isEmpty)
        #expect(SizeRules.file(lines(301), isTest: false).count == 1)
        #expect(SizeRules.file(lines(400), isTest: true).isEmpty)
        #expect(SizeRules.file(lines(401), isTest: true).count == 1)
    }

    @Test func `a wide line is found`() {
        let line = { String(repeating: "ä", count: $0) }
        #expect(lines(SizeRules.width(SwiftText("\n\(line(100))\n\(line(101))\n"))) == [3])
        let link = "/// Source: <https://example.org/\(line(100))>"
        #expect(SizeRules.width(SwiftText(link)).isEmpty)
        #expect(SizeRules.width(SwiftText(link + " and more")).count == 1)
    }

    @Test(arguments: [
        "func a() {", "package init?(a: [Int] = [{ 1 }()]) {", "@A static func b<T>() {",
    ])
    func `a long function is found`(head: String) {
        let body = { (count: Int) in
            SwiftText("\n\(head)\n" + String(repeating: "  if a { b }\n", count: count) + "}\n")
        }
        #expect(SizeRules.functions(body(58)).isEmpty)
        #expect(lines(SizeRules.functions(body(59))) == [2])
    }

    @Test func `a requirement without a body is not taken for a long function`() {
        let requirements = String(repeating: "    func a(b: Int)\n", count: 90)
        let text = SwiftText("protocol P {\n\(requirements)}\nstruct S {\n}\n")
        #expect(SizeRules.functions(text).isEmpty)
    }

    @Test func `a forbidden import is found`() {
        let text = SwiftText(
            "import Glibc\npackage import JSON\n@testable import struct AWS.X\nimport HTTP\n")
        #expect(lines(ImportRules.source(text, target: "BuildGraph")) == [3, 4])
        #expect(lines(ImportRules.source(text, target: "HTTP")) == [3])
        let heavy = SwiftText("import FoundationEssentials\npackage import Foundation\n")
        #expect(lines(ImportRules.source(heavy, target: "dssbatch")) == [2])
        #expect(ImportRules.source(text, target: "Commands").isEmpty)
        #expect(lines(ImportRules.source(text, target: "Unheard")) == [0])
    }

    @Test func `a C library is for its owner`() {
        let text = SwiftText("import CCurl\nimport CJansson\nimport JSON\n")
        #expect(lines(ImportRules.test(text)) == [1, 2])
        #expect(lines(ImportRules.source(text, target: "HTTP")) == [2])
        #expect(lines(ImportRules.source(text, target: "AWS")) == [1, 2])
    }

    @Test(arguments: [
        "package struct A {", "package final class A {", "package static func a() {",
        "package init(a: Int) {", "package typealias A = Int", "@A(b) package actor A {",
        "/// Says so.\n\npackage func a()", "// Says so.\npackage enum A {",
    ])
    func `an undocumented declaration is found`(text: String) {
        #expect(DocumentationRule.findings(SwiftText(text), requirements: []).count == 1)
    }

    @Test(arguments: [
        "/// Says so.\npackage struct A {", "/// Says so.\n@A\n@B(c)\npackage func a()",
        "/// Says so.\n// SAFETY: so\npackage struct A {", "package var a = 1",
        "struct A {", "package func required(a: Int) {", "package init(from decoder: D) throws {",
        "package func encode(to encoder: E) throws {", "package static func < (a: A, b: A) {",
        "package init(one: Int, _ two: [A: B] = [:]) {", "let a = \"package struct A\"",
    ])
    func `a documented or required declaration is not found`(text: String) {
        let requirements: Set<String> = ["required", "init(one:_:)"]
        #expect(DocumentationRule.findings(SwiftText(text), requirements: requirements).isEmpty)
    }

    @Test func `what protocols require is known`() {
        let text = SwiftText(
            """
            package protocol P: Sendable {
                func one(a: Int)
                var two: Int { get }
                init(
                    three: Int, four five: Int
                )
            }
            protocol Q {}
            struct S { func six() {} }
            """)
        #expect(DocumentationRule.requirements(text) == ["one", "init(three:four:)"])
    }

    @Test func `what nobody uses is found`() {
        let text = SwiftText(
            """
            package struct Asked: AWSOperation {
                package let used: Int
                @A(b) package static func dead(a: Int) -> Int { 1 }
                func dead() {}
                private var alsoDead = "alsoDead"  // alsoDead
            }
            package struct Unasked: AWSPagedOperation {
                init() { _ = Unasked.self }
            }
            @main struct Begin {}
            """)
        let caller = SwiftText("if let lone = Asked(used: 1) { lone.userInfo() }\nlet (a, b) = c")
        let findings = UseRules.unused([("a", text), ("b", caller)])
        #expect(findings.map(\.path) == Array(repeating: "a", count: 4))
        #expect(findings.map(\.finding.line) == [3, 4, 5, 7])
    }

    @Test func `what no file names is found`() {
        let texts = ["x/a.json": "a.json", "b.py": "open(a.json)", "c.py": "import b", "d.sh": ""]
        #expect(
            UseRules.unread(["x/a.json", "b.py", "c.py", "d.sh"], texts: texts) == ["c.py", "d.sh"])
    }

    @Test func `a regular expression on a plan's way is found`() throws {
        let text = SwiftText("let a = 1\nlet b = c.wholeMatch(of: /d/)\n// Regex(\n")
        #expect(lines(ExpressionRules.uses(text, path: "Sources/JSON/JSONReader.swift")) == [2])
        let reader = try #require(ExpressionRules.readers.first)
        #expect(ExpressionRules.uses(text, path: reader).isEmpty)
    }

    @Test func `a vague name is found`() {
        let text = SwiftText("struct StackManager {}\nenum Uncommon {}\nlet a = FileManager.b\n")
        #expect(lines(WordRules.names(text, fileName: "StringUtils.swift")) == [0, 1])
        #expect(lines(WordRules.names(text, fileName: "Commonwealth.swift")) == [1])
    }

    @Test func `what ends the process is found`() {
        let text = SwiftText("try! a()\nb as! C\nfatalError(\"\")\ntry a() // try! it\nb as? C\n")
        #expect(lines(WordRules.traps(text)) == [1, 2, 3])
    }

    @Test func `an unchecked promise without a reason is found`() {
        let promise = "struct A: @unchecked Sendable {}\n"
        #expect(lines(WordRules.unchecked(SwiftText(promise))) == [1])
        #expect(WordRules.unchecked(SwiftText("// SAFETY: so\n// and so\n" + promise)).isEmpty)
        #expect(lines(WordRules.unchecked(SwiftText("// SAFETY: so\n\n\n\n" + promise))) == [5])
    }

    @Test func `a note of work undone is found`() {
        let comments = ["// TODO: more", "# FIXME", "/// XXX later", "mktemp XXXXXX", "todo"]
        #expect(lines(WordRules.promises(comments: comments)) == [1, 2, 3])
    }

    @Test(arguments: [
        "// let a = 1", "    // func a() {", "// if a == b {", "// return a.b()", "// }",
        "// import Foundation", "//var a: Int",
    ])
    func `code behind slashes is found`(line: String) {
        #expect(WordRules.commentedOutCode(SwiftText(line)).count == 1)
    }

    @Test(arguments: [
        "// Let the others go on.", "// if it stays, it is sent again", "/// let a = 1", "// a = b",
        "// return on the first", "let a = 1 // for each of them",
    ])
    func `a sentence behind slashes is not taken for code`(line: String) {
        #expect(WordRules.commentedOutCode(SwiftText(line)).isEmpty)
    }

    @Test func `a registry and a private folder are found`() {
        let rule = PrivacyRule(folders: ["/srv/checkouts/mine", "/somebody"])
        let registry = "https://" + ["pypi", "org"].joined(separator: ".") + "/simple"
        let home = ["", "home", "alice", "x"].joined(separator: "/")
        let text = "index = \(registry)\ncd /srv/checkouts/mine/a\n\(home)\n"
        #expect(lines(rule.findings(text)) == [1, 2, 3])
        #expect(rule.findings("/home/ubuntu/x\n/somebody/x\nexample.org\n").isEmpty)
    }
}
