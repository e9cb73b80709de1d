import ArgumentParser
import FoundationEssentials
import Releasing

/// The key pair that a new machine lets in.
struct KeyPairOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Private key of a key pair of your own, which is left alone; without one, a fresh pair \
            is made and removed again.
            """, valueName: "file"),
        transform: FileArgument.path)
    var ec2KeyFile: String?

    @Option(help: ArgumentHelp("What EC2 calls that key pair.", valueName: "name"))
    var ec2KeyName: String?

    func validate() throws {
        if (ec2KeyFile == nil) != (ec2KeyName == nil) {
            throw ValidationError("--ec2-key-file and --ec2-key-name go together")
        }
    }

    /// The pair; nil for a fresh one.
    var existing: ExistingKeyPair? {
        guard let ec2KeyFile, let ec2KeyName else { return nil }
        return ExistingKeyPair(
            name: ec2KeyName, privateKeyPath: URL(fileURLWithPath: ec2KeyFile).path)
    }
}
