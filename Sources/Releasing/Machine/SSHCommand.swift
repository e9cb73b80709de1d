/// The command with which a person gets into a machine.
package enum SSHCommand {
    /// `ssh` with everything that it needs, quoted for a shell where that is necessary.
    ///
    /// - Parameter knownHostsPath: a file with the machine's host keys; nil for the user's own.
    package static func text(_ machine: Machine, knownHostsPath: String?) -> String {
        var words = ["ssh", "-i", machine.privateKeyPath, "-o", "IdentitiesOnly=yes"]
        if let knownHostsPath { words += ["-o", "UserKnownHostsFile=\(knownHostsPath)"] }
        if machine.port != 22 { words += ["-p", String(machine.port)] }
        words.append("\(machine.user)@\(machine.host)")
        return words.map(ShellWord.quoted).joined(separator: " ")
    }
}

/// One word of a command line, as a POSIX shell reads it.
package enum ShellWord {
    /// The word itself where the shell would leave it alone, else in single quotes.
    package static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "@%+=:,./_-".contains($0))
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
