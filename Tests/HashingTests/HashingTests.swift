import TestSupport
import Testing

@testable import Hashing

@Suite struct HashingTests {
    /// The examples to FIPS 180-4.
    ///
    /// Source: <https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values>
    @Test(arguments: [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `a digest is that of the standard`(text: String, count: Int, expected: String) {
        let bytes = Array(String(repeating: text, count: count).utf8)
        #expect(Hexadecimal.text(SHA256.digest(of: bytes)) == expected)
    }

    @Test func `each byte is two digits, by which it is read back`() {
        let bytes = [UInt8](0...255)
        let text = Array(Hexadecimal.text(bytes))
        #expect(text.count == 512)
        let read = stride(from: 0, to: text.count, by: 2).map {
            UInt8(String(text[$0...$0 + 1]), radix: 16)
        }
        #expect(read == bytes)
        #expect(text.allSatisfy { !$0.isUppercase })
    }

    @Test func `pieces of any length make the digest of the whole`() {
        var random = SeededGenerator(seed: 180)
        for _ in 0..<200 {
            let count = Int.random(in: 0...300, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var hash = SHA256()
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = Int.random(in: 0...rest.count, using: &random)
                hash.update(Array(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
            }
            #expect(hash.digest() == SHA256.digest(of: bytes))
        }
    }

    @Test func `a digest taken on the way leaves the rest alone and a copy goes its own way`() {
        var hash = SHA256()
        hash.update(Array("ab".utf8))
        #expect(hash.digest() == SHA256.digest(of: Array("ab".utf8)))
        var copy = hash
        copy.update(Array("x".utf8))
        hash.update(Array("c".utf8))
        #expect(hash.digest() == SHA256.digest(of: Array("abc".utf8)))
        #expect(copy.digest() == SHA256.digest(of: Array("abx".utf8)))
    }

    /// Test cases 1 to 4, 6 and 7; case 5 is about codes that are cut short.
    ///
    /// Source: <https://www.rfc-editor.org/rfc/rfc4231>
    static let codes: [(key: [UInt8], data: [UInt8], code: String)] = [
        (
            [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xcd, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than "
                    + "block-size data. The key needs to be hashed before being used by the "
                    + "HMAC algorithm.").utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: codes.indices)
    func `a code is that of the standard`(index: Int) {
        let (key, data, code) = Self.codes[index]
        #expect(Hexadecimal.text(HMACSHA256.code(of: data, key: key)) == code)
    }
}
