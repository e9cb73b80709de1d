/// Texts that are cut at words: half a number would be another one.
enum WholeWords {
    /// As many whole words of a text as there is room for, with `…` where that is not all.
    static func cut(_ text: String, room: Int) -> String {
        if text.count <= room { return text }
        let head = text.prefix(max(0, room - 1))
        let isWhole = text.dropFirst(head.count).first == " "
        let kept = isWhole ? head : head.prefix(upTo: head.lastIndex(of: " ") ?? head.startIndex)
        return kept.isEmpty ? "" : "\(kept)…"
    }
}
