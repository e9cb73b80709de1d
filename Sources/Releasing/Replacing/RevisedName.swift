import Diagnostics

/// A name whose next revision is taken where it is not free any more; pure.
///
/// The first revision is the plain name; the second ends in `-r2`. Nothing that a release has
/// published is overwritten, so what replaces it needs a name of its own.
package struct RevisedName: Sendable, Equatable {
    /// The longest name of an image.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html>
    package static let imageLimitBytes = 128
    /// The longest key of an object.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
    package static let keyLimitBytes = 1024
    /// Room for the marks of all revisions that will ever be.
    private static let markBytes = 12

    private let stem: String
    private let ending: String
    private let limitBytes: Int

    /// Makes one.
    ///
    /// - Parameters:
    ///   - stem: what the revision's mark stands behind; cut, so that the mark never is.
    ///   - ending: what stands behind the mark, such as `.vmdk`.
    ///   - limitBytes: of the whole name.
    package init(stem: String, ending: String = "", limitBytes: Int) {
        self.stem = stem
        self.ending = ending
        self.limitBytes = limitBytes
    }

    /// The name of a revision, which counts from 1.
    package func text(_ revision: Int) -> String {
        let tail = (revision < 2 ? "" : "-r\(revision)") + ending
        return Self.cut(stem, toBytes: limitBytes - tail.utf8.count) + tail
    }

    /// What every revision's name begins with.
    package var head: String {
        Self.cut(stem, toBytes: limitBytes - ending.utf8.count - Self.markBytes)
    }

    /// Which revision a name is; nil where it is none.
    package func revision(of name: String) -> Int? {
        let exact = ExactText(name)
        if exact == ExactText(text(1)) { return 1 }
        guard name.hasSuffix(ending) else { return nil }
        let digits = String(
            name.dropLast(ending.count).reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
        guard let number = Int(digits), number >= 2, ExactText(text(number)) == exact else {
            return nil
        }
        return number
    }

    /// The name that what replaces all of these takes.
    ///
    /// A revision below the newest is not taken up again though its thing may be gone: caches may
    /// still hold it.
    ///
    /// - Parameters:
    ///   - own: names that this release gave; others among them are passed over.
    ///   - foreign: names that others have, or that were refused: skipped.
    package func next(after own: some Sequence<String>, skipping foreign: Set<String> = [])
        -> String
    {
        var number = (own.compactMap(revision).max() ?? 0) + 1
        while foreign.contains(text(number)) { number += 1 }
        return text(number)
    }

    private static func cut(_ text: String, toBytes limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var kept = ""
        var count = 0
        for character in text {
            count += character.utf8.count
            if count > limit { break }
            kept.append(character)
        }
        return kept
    }
}
