import Diagnostics

/// One tag of a resource.
package struct AWSTag: Sendable, Equatable, Hashable {
    package let key: String
    package let value: String

    /// Makes a tag.
    package init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

extension [AWSTag] {
    /// The value of the tag of that name; nil where there is none.
    package subscript(key: String) -> String? { first { $0.key == key }?.value }

    /// As the header `x-amz-tagging` carries them.
    var asHeader: String { PercentEncoding.query(map { ($0.key, $0.value) }) }
}

extension QueryFields {
    /// Writes a tag's two fields.
    mutating func tag(_ tag: AWSTag) {
        field("Key", tag.key)
        field("Value", tag.value)
    }
}
