/// The kinds of things that a product's journal speaks of, by the texts that it writes for them.
///
/// The journal itself only compares and keeps the texts: it may hold those of other versions.
package protocol JournalKind: RawRepresentable, Sendable where RawValue == String {}
