import ArgumentParser
import FoundationEssentials
import Glibc
import JSON

/// A machine that is there already.
struct HostOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Name or address of the machine.", valueName: "name"))
    var hostName: String

    @Option(
        help: ArgumentHelp(
            "Private key that the machine lets in; without a passphrase.", valueName: "file"),
        transform: FileArgument.path)
    var sshPrivateKey: String

    @Option(help: "Who to log in as; replaces /instance/user.")
    var user: String?

    @Option(help: "Where the machine's sshd listens; replaces /instance/sshPort.")
    var port: Int?

    func validate() throws {
        if hostName.isEmpty || hostName.hasPrefix("-") {
            throw ValidationError("--host-name needs a name or an address")
        }
    }

    /// What the options set in the manifest.
    var settings: [String] {
        Setting.texts([
            ("/instance/user", user.map { .string($0) }),
            ("/instance/sshPort", port.map { .integer(Int64($0)) }),
        ])
    }

    /// Absolute.
    var privateKeyPath: String { URL(fileURLWithPath: sshPrivateKey).path }
}
