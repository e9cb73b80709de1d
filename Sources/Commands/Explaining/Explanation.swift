import JSON

/// What the code of an error means.
struct Explanation: Equatable {
    /// `area.name`; `area.*` for what a service answers by codes of its own.
    let code: String
    /// What has happened.
    let meaning: String
    /// Why it happens.
    let cause: String
    /// What to do.
    let remedy: String

    var area: String { Self.area(of: code) }

    static func area(of code: String) -> String { String(code.prefix { $0 != "." }) }

    /// Three paragraphs below the code.
    var text: String {
        "\(code): \(meaning)\n\nWhy it happens: \(cause)\n\nWhat to do: \(remedy)"
    }

    /// `{"code", "meaning", "cause", "remedy"}`.
    var json: JSONValue {
        [
            "code": .string(code), "meaning": .string(meaning), "cause": .string(cause),
            "remedy": .string(remedy),
        ]
    }

    var markdown: String {
        "### `\(code)`\n\n\(meaning)\n\n- Why: \(cause)\n- What to do: \(remedy)\n"
    }
}
