/// PEM files for a server that has a certificate authority of its own, or asks who is there.
package struct CertificateFiles: Sendable, Equatable {
    /// The only authorities to trust; nil for the system's.
    package var authorityFile: String?
    /// What the client shows of itself; nil for nothing.
    package var clientFile: String?
    /// The private key that belongs to `clientFile`.
    package var clientKeyFile: String?

    /// Names the files; they are read when they are needed.
    package init(
        authorityFile: String? = nil, clientFile: String? = nil, clientKeyFile: String? = nil
    ) {
        self.authorityFile = authorityFile
        self.clientFile = clientFile
        self.clientKeyFile = clientKeyFile
    }
}
