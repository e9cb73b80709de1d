import BuildGraph

/// What a stage would change, as text.
enum PreviewText {
    /// A line about the stage, and a table of the changes below it.
    static func text(_ preview: StagePreview, of stage: StageName?) -> String {
        let title = (stage.map { "\($0): " } ?? "") + preview.title
        if preview.rows.isEmpty { return "\n" + title }
        let table = TextTable.text(preview.rows).split(separator: "\n").map { "  \($0)" }
        return "\n" + ([title] + table).joined(separator: "\n")
    }
}
