import AWS
import JSON

/// What a change set would do, for people and for scripts.
struct StackChanges: Equatable {
    /// One resource: what happens to it, its name, its type, and what of it changes.
    let rows: [[String]]
    let json: JSONValue

    private static let valueLimit = 60

    /// Describes the changes of a change set.
    init(_ changes: [ChangeSet.Change]) {
        rows = changes.map { change in
            [
                Self.word(change), change.logicalResourceId ?? "?", change.resourceType ?? "?",
                Self.what(change).joined(separator: "; "),
            ]
        }
        json = .array(changes.map(Self.json))
    }

    /// `Add`, `Modify`, `Remove`, and `Replace` for what is made anew.
    private static func word(_ change: ChangeSet.Change) -> String {
        switch (change.action, change.replacement) {
        case ("Modify", "True"): "Replace"
        case ("Modify", "Conditional"): "Modify or replace"
        default: change.action ?? "?"
        }
    }

    /// Each place that changes, once.
    private static func what(_ change: ChangeSet.Change) -> [String] {
        guard change.action == "Modify" else { return [] }
        var texts: [String] = []
        for detail in change.details {
            let text = place(detail) + values(detail)
            // A place is named once a cause, and only some of them tell the values.
            if texts.contains(where: { $0 == text || $0.hasPrefix(text + ": ") }) { continue }
            texts.removeAll { text.hasPrefix($0 + ": ") }
            texts.append(text)
        }
        return texts
    }

    private static func place(_ detail: ChangeSet.Detail) -> String {
        let path = detail.path.map { $0.hasPrefix("/Properties/") ? $0.dropFirst(12) : $0[...] }
        return path.map(String.init) ?? detail.name ?? detail.attribute ?? "?"
    }

    private static func values(_ detail: ChangeSet.Detail) -> String {
        guard detail.before != nil || detail.after != nil else { return "" }
        func text(_ value: String?) -> String {
            guard let value else { return "(absent)" }
            let line = value.replacing("\n", with: " ")
            return line.count > valueLimit ? line.prefix(valueLimit) + "..." : line
        }
        return ": \(text(detail.before)) -> \(text(detail.after))"
    }

    private static func json(_ change: ChangeSet.Change) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? nil }
        return [
            "action": .string(word(change)), "resource": text(change.logicalResourceId),
            "type": text(change.resourceType), "replacement": text(change.replacement),
            "details": .array(
                change.details.map { detail in
                    [
                        "place": .string(place(detail)), "before": text(detail.before),
                        "after": text(detail.after),
                        "requiresRecreation": text(detail.requiresRecreation),
                    ]
                }),
        ]
    }
}
