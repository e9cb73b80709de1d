/// Whose results something is: an account of a cloud, or one state of one local cloud.
///
/// Opaque here: only whoever knows the clouds can compare two of them.
package struct Realm: Hashable, Sendable, Codable {
    /// As it is written into results, journal, seals and plans.
    package let text: String

    /// Wraps a text.
    package init(_ text: String) { self.text = text }
}

/// What becomes of something that belongs to a recorded realm.
package enum RealmVerdict: Sendable, Equatable {
    /// It is the realm that is worked in.
    case same
    /// It belonged to a local cloud that is gone, and so is the thing.
    case gone
    /// It belongs to another realm; both as a person would name them.
    case differs(recorded: String, present: String)
    /// Which account is worked in is not known.
    case notCompared
}

/// Knows which realm is worked in: from the configuration, and after `ask` for certain.
package protocol RealmSource: Sendable {
    /// Whether stages that call no cloud belong to the realm too.
    var bindsEveryStage: Bool { get }

    /// The realm that is worked in, as far as it is known without the network.
    ///
    /// - Throws: what is wrong with the configuration, `realm.account`.
    func present() async throws -> Realm?
    /// Compares something recorded with what is known by now.
    ///
    /// - Throws: as `present`.
    func verdict(on recorded: Realm) async throws -> RealmVerdict
    /// The account that is worked in; nil where it is not known.
    func account() async throws -> String?
    /// Takes the account that somebody else was answered.
    ///
    /// - Throws: `realm.account`.
    func accept(account: String) async throws
    /// Asks whose credentials these are, once however often it is called.
    ///
    /// - Throws: `realm.unknown`, `realm.account`, `localcloud.*`, `CancellationError`.
    @discardableResult
    func ask() async throws -> Realm
}
