/// The name of a stage, such as `export-vmdk`; also its result file's name.
package struct StageName: RawRepresentable, Hashable, Comparable, Sendable,
    ExpressibleByStringLiteral, CustomStringConvertible
{
    package let rawValue: String
    /// Wraps a name.
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }
    package var description: String { rawValue }
    package static func < (left: StageName, right: StageName) -> Bool {
        left.rawValue < right.rawValue
    }
}
