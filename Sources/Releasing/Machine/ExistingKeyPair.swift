import AWS
import Diagnostics

/// A key pair of the user's own, which machines are started with; it is neither made nor deleted.
package struct ExistingKeyPair: Sendable, Equatable {
    /// What EC2 calls it.
    package let name: String
    /// The file of its private half.
    package let privateKeyPath: String

    /// Names a pair; nothing is looked at.
    package init(name: String, privateKeyPath: String) {
        self.name = name
        self.privateKeyPath = privateKeyPath
    }

    /// Checks, before a machine is paid for, that the pair is there and that the file is its half.
    ///
    /// - Throws: `key-pair.not-found`, `key-pair.other-file`, `ssh.unusable-key`.
    func check(region: String, services: Services) async throws {
        let mine = try await services.access.publicKey(ofPrivateKeyAt: privateKeyPath)
        let known = try await services.aws.call(
            DescribeKeyPairs(filters: [EC2Filter("key-name", name)], includesPublicKey: true),
            region: region
        ).first { $0.name == name }
        guard let known else {
            throw Diagnostic(
                code: "key-pair.not-found", severity: .configuration,
                summary: "EC2 knows no key pair `\(name)` in region `\(region)`",
                hint: "`aws ec2 describe-key-pairs --region \(region)` lists them; without "
                    + "`--ec2-key-name` and `--ec2-key-file` a fresh pair is made")
        }
        // Pairs that EC2 made long ago come without their public half.
        guard let theirs = known.publicKey, !Self.isSame(theirs, mine) else { return }
        throw Diagnostic(
            code: "key-pair.other-file", severity: .configuration,
            summary: "`\(privateKeyPath)` is not the private half of key pair `\(name)`",
            causes: ["its public half differs from the one that EC2 has"],
            hint: "name the file that belongs to the pair with `--ec2-key-file`")
    }

    /// Whether two lines of `authorized_keys` hold the same key, whatever their comments.
    static func isSame(_ one: String, _ other: String) -> Bool {
        func key(_ line: String) -> [Substring] {
            Array(line.split(whereSeparator: \.isWhitespace).prefix(2))
        }
        return key(one) == key(other)
    }
}
