/// The name of a stage, such as `export-vmdk`; also its result file's name.
package struct StageName: RawRepresentable, Hashable, Comparable, Sendable,
    ExpressibleByStringLiteral, CustomStringConvertible
{
    /// The name as it is written.
    package let rawValue: String
    /// Wraps a name.
    package init(rawValue: String) { self.rawValue = rawValue }
    /// Wraps a name.
    package init(stringLiteral value: String) { rawValue = value }
    /// The name.
    package var description: String { rawValue }
    /// Orders names as text.
    package static func < (left: StageName, right: StageName) -> Bool {
        left.rawValue < right.rawValue
    }
}
