/// The files of a machine that outlives the run which started it.
package struct LastingFiles: Sendable, Equatable {
    /// Absolute, without a slash at the end.
    let folder: String
    let stackName: String

    /// The private key of the machine.
    package var privateKeyPath: String { "\(folder)/\(stackName).pem" }
    /// The host keys of the machine, as `ssh` reads them.
    package var knownHostsPath: String { "\(folder)/\(stackName).known_hosts" }

    /// Names them; nothing is looked at.
    package init(folder: String, stackName: String) {
        self.folder = folder
        self.stackName = stackName
    }
}
