import Diagnostics
import Glibc

/// Digests by path and fingerprint, so that a file that did not change is not read again.
///
/// A file of lines and not JSON: it is read at every start, and ten thousand of these lines take
/// two milliseconds. Whatever is wrong with it only costs the time of reading files again.
struct DigestCache {
    struct Entry: Equatable {
        let fingerprint: FileFingerprint
        let digest: String
    }

    private static let header = "dssbatch.digests/1"
    private static let sizeLimitBytes = 256 * 1024 * 1024

    private var entries: [SystemPath: Entry] = [:]
    private(set) var isChanged = false

    init() {}

    /// Reads a cache; an empty one where there is none or it cannot be understood.
    init(path: String) {
        guard let bytes = try? FileContents.read(path, limitBytes: Self.sizeLimitBytes) else {
            return
        }
        var lines = bytes.split(separator: UInt8(ascii: "\n")).makeIterator()
        guard lines.next().map({ Array($0) }) == Array(Self.header.utf8) else { return }
        while let line = lines.next() {
            guard let (path, entry) = Self.parse(line) else {
                entries = [:]
                return
            }
            entries[path] = entry
        }
    }

    func digest(_ path: SystemPath, _ fingerprint: FileFingerprint) -> String? {
        guard let entry = entries[path], entry.fingerprint == fingerprint else { return nil }
        return entry.digest
    }

    mutating func set(_ path: SystemPath, _ entry: Entry?) {
        guard entries[path] != entry else { return }
        entries[path] = entry
        isChanged = true
    }

    mutating func markSaved() { isChanged = false }

    var bytes: [UInt8] {
        var all = Array("\(Self.header)\n".utf8)
        for (path, entry) in entries where !path.bytes.contains(UInt8(ascii: "\n")) {
            let print = entry.fingerprint
            all += "\(entry.digest) \(print.sizeBytes) \(print.modifiedNanoseconds) ".utf8
            all += "\(print.changedNanoseconds) \(Int64(bitPattern: print.inode)) ".utf8
            all += path.bytes
            all.append(UInt8(ascii: "\n"))
        }
        return all
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> (SystemPath, Entry)? {
        var rest = line
        guard let digest = field(&rest), digest.count == 71,
            let size = field(&rest).flatMap(number), let modified = field(&rest).flatMap(number),
            let changed = field(&rest).flatMap(number), let inode = field(&rest).flatMap(number),
            !rest.isEmpty
        else { return nil }
        let fingerprint = FileFingerprint(
            sizeBytes: size, modifiedNanoseconds: modified, changedNanoseconds: changed,
            inode: UInt64(bitPattern: inode))
        return (
            SystemPath(bytes: rest),
            Entry(fingerprint: fingerprint, digest: String(decoding: digest, as: UTF8.self))
        )
    }

    private static func field(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        let isNegative = digits.first == UInt8(ascii: "-")
        var number: Int64 = 0
        for digit in digits.dropFirst(isNegative ? 1 : 0) {
            guard (48...57).contains(digit) else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(digit) - 48)
            if overflow || carry { return nil }
            number = sum
        }
        return isNegative ? -number : number
    }
}
