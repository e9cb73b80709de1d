import Diagnostics

/// What every code of an error means, as `errors.txt` has it.
enum Explanations {
    /// In the order of the page: by area, what a service answers by its own codes first.
    static let all = parsed(String(decoding: PackageResources.errors_txt, as: UTF8.self))

    /// What a code means.
    ///
    /// - Throws: `usage.unknown-code`.
    static func explanation(of code: String) throws -> Explanation {
        let area = Explanation.area(of: code)
        if let found = all.first(where: { $0.code == code }) { return found }
        if code != area, let found = all.first(where: { $0.code == "\(area).*" }) { return found }
        let near = NameSuggestion.nearest(to: code, among: all.map(\.code))
        throw Diagnostic(
            code: "usage.unknown-code", severity: .configuration,
            summary: "no error has the code `\(code)`",
            hint: (near.map { "did you mean `\($0)`? " } ?? "")
                + "`dssbatch explain` without a code prints all")
    }

    /// All of them as one page of Markdown.
    static var page: String {
        var lines = [
            "# Errors", "",
            "Every error has a code, which events, results and `status --json` name. "
                + "`dssbatch explain CODE` prints what stands here of it; this page is what "
                + "`dssbatch explain` prints.",
        ]
        var area = ""
        for explanation in all {
            if explanation.area != area {
                area = explanation.area
                lines += ["", "## \(area)"]
            }
            lines += ["", explanation.markdown.trimmed]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Blocks of four lines with an empty one between: code, meaning, cause, remedy.
    static func parsed(_ text: String) -> [Explanation] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .split { $0.isEmpty }
            .map { block in
                let lines = block.map(String.init)
                precondition(lines.count == 4, "errors.txt: \(lines)")
                return Explanation(
                    code: lines[0], meaning: lines[1], cause: lines[2], remedy: lines[3])
            }
    }
}
