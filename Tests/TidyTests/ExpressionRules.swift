/// Regular expressions, which are compiled anew at each use, some two million instructions each.
enum ExpressionRules {
    /// What no plan reads with.
    static let readers: Set = [
        "Sources/Ansible/AnsibleTranscript.swift", "Sources/QEMU/Watching/ConsoleText.swift",
        "Sources/Releasing/CodeBuild/UploadAddress.swift",
        "Sources/Releasing/Machine/LaunchRefusal.swift",
    ]

    /// Uses of one in a file that may be on the way of every start.
    static func uses(_ text: SwiftText, path: String) -> [Finding] {
        guard !readers.contains(path) else { return [] }
        let signs = [
            "wholeMatch(", "firstMatch(", "prefixMatch(", "matches(of:", "Regex(", "(/",
            "separator: /", "trimmingPrefix(/",
        ]
        return text.code.enumerated().flatMap { index, line in
            signs.filter { line.contains($0) }.map {
                Finding(
                    line: index + 1,
                    message: "`\($0)`: take the text apart with `TextScanner`, since expressions "
                        + "are slow to make, or say in `ExpressionRules` that no plan comes here")
            }
        }
    }
}
