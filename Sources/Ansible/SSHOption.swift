/// Values of ssh's options, in the forms that ssh and Ansible read back whole.
enum SSHOption {
    /// A path for `UserKnownHostsFile` or `ControlPath`: blanks separate files there, and `%`
    /// begins what ssh puts in.
    ///
    /// Source: <https://man7.org/linux/man-pages/man5/ssh_config.5.html>
    static func path(_ path: String) -> String {
        let literal = path.replacing("%", with: "%%")
        let isPlain = literal.allSatisfy { $0 != "\"" && $0 != "\\" && !$0.isWhitespace }
        if isPlain { return literal }
        return "\"\(literal.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// One word of `ANSIBLE_SSH_ARGS`, which Ansible splits as a shell does.
    static func shellWord(_ word: String) -> String {
        let isPlain = word.allSatisfy { character in
            character.isASCII
                && (character.isLetter || character.isNumber || "=/._-%,:+@".contains(character))
        }
        return isPlain ? word : "'\(word.replacing("'", with: "'\"'\"'"))'"
    }
}
