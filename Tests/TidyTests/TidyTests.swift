import Foundation
import Testing

/// The whole repository keeps the rules; `RuleTests` show that each rule finds its violation.
@Suite(.timeLimit(.minutes(30)))
struct TidyTests {
    let repository: Repository

    init() throws { repository = try Repository.shared.get() }

    private func check(
        _ folders: [String] = ["Sources", "Tests"],
        sourceLocation: SourceLocation = #_sourceLocation,
        _ rule: (String, SwiftText) -> [Finding]
    ) throws {
        for folder in folders {
            let files = repository.swiftFiles(below: folder)
            #expect(!files.isEmpty, "no Swift files below \(folder)")
            for (path, text) in files {
                for finding in rule(path, text) {
                    Issue.record("\(path):\(finding)", sourceLocation: sourceLocation)
                }
            }
        }
    }

    private func target(of path: String) -> String {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }

    @Test func `files are short`() throws {
        try check { path, text in SizeRules.file(text, isTest: path.hasPrefix("Tests/")) }
    }

    @Test func `functions are short`() throws {
        try check { _, text in SizeRules.functions(text) }
    }

    @Test func `lines fit in a hundred columns`() throws {
        try check { _, text in SizeRules.width(text) }
    }

    @Test func `no plan waits for regular expressions`() throws {
        try check(["Sources"]) { path, text in ExpressionRules.uses(text, path: path) }
    }

    @Test func `targets import only what lies below them`() throws {
        try check(["Sources"]) { path, text in ImportRules.source(text, target: target(of: path)) }
        try check(["Tests"]) { _, text in ImportRules.test(text) }
    }

    @Test func `what is shared between targets is documented`() throws {
        let files = repository.swiftFiles(below: "Sources")
        let requirements = files.reduce(into: Set<String>()) { all, file in
            all.formUnion(DocumentationRule.requirements(file.text))
        }
        try check(["Sources"]) { _, text in
            DocumentationRule.findings(text, requirements: requirements)
        }
    }

    @Test func `nothing is declared that nobody uses`() {
        for (path, finding) in UseRules.unused(repository.swiftFiles(below: "Sources")) {
            Issue.record("\(path):\(finding)")
        }
    }

    @Test func `every file has a reader`() {
        let texts = repository.paths.reduce(into: [String: String]()) { texts, path in
            texts[path] = repository.text(of: path)
        }
        let asked = repository.paths.filter { !Self.isReadByItsPlace($0) }
        for path in UseRules.unread(asked, texts: texts) {
            Issue.record("\(path): no other file names it")
        }
    }

    /// Whether a tool or the language finds a file where it lies.
    private static func isReadByItsPlace(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        // Hidden files at the root are settings of tools; Ansible's folders have fixed names.
        return path.hasPrefix(".") || path.hasSuffix(".swift") || path.hasSuffix(".modulemap")
            || name == "__init__.py" || name == "__main__.py" || name == "conftest.py"
            || name.hasPrefix("test_") || name == "main.yml" || path.contains("/group_vars/")
            || path.contains("/Corpus/")
    }

    @Test func `names say what a thing is`() throws {
        try check { path, text in
            WordRules.names(text, fileName: String(path.split(separator: "/").last ?? ""))
        }
    }

    @Test func `errors are thrown and end no process`() throws {
        try check { _, text in WordRules.traps(text) }
    }

    @Test func `unchecked promises have a reason`() throws {
        try check { _, text in WordRules.unchecked(text) }
    }

    @Test func `nothing is left to do`() throws {
        try check { _, text in WordRules.promises(comments: text.comments) }
        for path in repository.paths
        where path.hasSuffix(".py") || path.hasSuffix(".yml")
            || path.hasSuffix(".yaml") || path.hasSuffix(".sh")
        {
            let lines = (repository.text(of: path) ?? "").split(
                separator: "\n", omittingEmptySubsequences: false)
            let comments = lines.map { line in String(line.drop { $0 != "#" }) }
            for finding in WordRules.promises(comments: comments) {
                Issue.record("\(path):\(finding)")
            }
        }
    }

    @Test func `no code is kept behind slashes`() throws {
        try check { _, text in WordRules.commentedOutCode(text) }
    }

    @Test func `no file tells of one machine`() throws {
        let rule = PrivacyRule(folders: [repository.root, NSHomeDirectory()])
        for path in repository.paths {
            guard let text = repository.text(of: path) else { continue }
            for finding in rule.findings(text) { Issue.record("\(path):\(finding)") }
        }
    }
}
