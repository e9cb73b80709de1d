/// The form fields of a query, in the order in which they were written.
package struct QueryFields: Sendable {
    /// How lists are numbered.
    package enum Style: Sendable {
        /// `Owner.1`
        case ec2
        /// `Owner.member.1`
        case member
    }

    package private(set) var pairs: [(name: String, value: String)] = []
    private let style: Style
    private let prefix: String

    init(style: Style, prefix: String = "") {
        self.style = style
        self.prefix = prefix
    }

    /// Writes one field; nil writes nothing.
    package mutating func field(_ name: String, _ value: String?) {
        if let value { pairs.append((prefix + name, value)) }
    }

    /// Writes one whole number; nil writes nothing.
    package mutating func field(_ name: String, _ value: Int?) {
        field(name, value.map(String.init))
    }

    /// Writes `true` or `false`; nil writes nothing.
    package mutating func field(_ name: String, _ value: Bool?) {
        field(name, value.map { $0 ? "true" : "false" })
    }

    /// Writes a list of plain values.
    package mutating func list(_ name: String, _ values: [String]) {
        for (index, value) in values.enumerated() { field(key(name, index), value) }
    }

    /// Writes a list of structures, each by `write`, whose field names are relative.
    package mutating func list<Element>(
        _ name: String, _ values: [Element], _ write: (inout QueryFields, Element) -> Void
    ) {
        for (index, value) in values.enumerated() {
            structure(key(name, index)) { write(&$0, value) }
        }
    }

    /// Writes one structure by `write`, whose field names are relative.
    package mutating func structure(_ name: String, _ write: (inout QueryFields) -> Void) {
        var nested = QueryFields(style: style, prefix: "\(prefix)\(name).")
        write(&nested)
        pairs += nested.pairs
    }

    private func key(_ name: String, _ index: Int) -> String {
        switch style {
        case .ec2: "\(name).\(index + 1)"
        case .member: "\(name).member.\(index + 1)"
        }
    }
}
