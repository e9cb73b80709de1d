import Diagnostics

/// The forms that texts in manifests have: each says whether a text has it.
enum ManifestForm {
    /// An AWS region, such as `eu-central-1`: words between dashes and a digit.
    static func isRegion(_ text: String) -> Bool {
        var rest = TextScanner(text)
        guard rest.count(while: \.isLowerLetter) == 2 else { return false }
        var words = 0
        while rest.take("-") {
            if rest.count(while: \.isLowerLetter) == 0 {
                return words > 0 && rest.isAll(1...1, \.isDigit)
            }
            words += 1
        }
        return false
    }

    /// An account's id: 12 digits.
    static func isAccount(_ text: String) -> Bool { TextScanner(text).isAll(12...12, \.isDigit) }

    /// An image's id, such as `ami-0123abcd`.
    static func isImageId(_ text: String) -> Bool {
        text.hasPrefix("ami-")
            && TextScanner(text.dropFirst(4)).isAll(1...Int.max, \.isLowerHexDigit)
    }

    /// A bucket's name.
    static func isBucket(_ text: String) -> Bool {
        text.utf8.first?.isLowerOrDigit == true && text.utf8.last?.isLowerOrDigit == true
            && TextScanner(text).isAll(3...63) { $0.isLowerOrDigit || $0.isOne(of: ".-") }
    }

    /// The name of a stage that a manifest makes up.
    static func isStageName(_ text: String) -> Bool {
        text.utf8.first?.isLowerLetter == true
            && TextScanner(text).isAll(1...63) { $0.isLowerOrDigit || $0.isOne(of: "-") }
    }

    /// The name of a stack of CloudFormation.
    static func isStackName(_ text: String) -> Bool {
        text.utf8.first?.isLetter == true
            && TextScanner(text).isAll(1...128) { $0.isLetterOrDigit || $0.isOne(of: "-") }
    }

    /// The name of a parameter or an output of a template.
    static func isParameterName(_ text: String) -> Bool {
        TextScanner(text).isAll(1...255, \.isLetterOrDigit)
    }

    /// A user's name on a machine.
    static func isUserName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isLowerLetter || first.isOne(of: "_") else {
            return false
        }
        return TextScanner(text).isAll(1...32) { $0.isLowerOrDigit || $0.isOne(of: "_-") }
    }

    /// The name of a Docker network.
    static func isNetwork(_ text: String) -> Bool {
        text.utf8.first?.isLetterOrDigit == true
            && TextScanner(text).isAll(1...Int.max) { $0.isLetterOrDigit || $0.isOne(of: "_.-") }
    }
}
