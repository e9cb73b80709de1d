/// A machine that somebody else made and that lets a key in.
package struct GivenHost: Sendable, Equatable {
    /// Name or address.
    package let host: String
    package let port: Int
    package let user: String
    package let privateKeyPath: String

    /// Describes a host; nothing is asked yet.
    package init(host: String, port: Int, user: String, privateKeyPath: String) {
        self.host = host
        self.port = port
        self.user = user
        self.privateKeyPath = privateKeyPath
    }
}
