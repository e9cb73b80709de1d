import OrderedCollections

extension JSONValue {
    /// An object of these members in this order; the last of equal keys wins.
    package init(members: some Sequence<(String, JSONValue)>) {
        self = .object(OrderedDictionary(members, uniquingKeysWith: { _, last in last }))
    }

    /// What kind of value this is, as an error says it: `a string`, `an object`.
    package var kindWithArticle: String {
        switch self {
        case .null: "`null`"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The value as an error quotes it: short ones in full, long ones cut.
    package var excerpt: String {
        let text = compactText
        return text.count <= 60 ? text : text.prefix(57) + "..."
    }
}
