import Diagnostics
import HTTP
import TestSupport
import Testing

@testable import AWS

@Suite struct XMLReaderTests {
    private func parse(_ text: String) throws -> XMLNode {
        try XMLReader.parse(Array(text.utf8))
    }

    private func refusal(_ bytes: [UInt8]) -> Diagnostic? {
        #expect(throws: Diagnostic.self, performing: { _ = try XMLReader.parse(bytes) })
    }

    @Test func `text, sections and references are one text`() throws {
        let node = try parse("<a b='1&amp;2'>x<![CDATA[<&]]>&#233;&#x1F600;&lt;<!-- no --> y</a>")
        #expect(node.text == "x<&é😀< y" && node.attributes == ["b": "1&2"])
    }

    @Test func `white space before the root and between elements is layout`() throws {
        let node = try parse("<?xml version=\"1.0\"?>\n\n  <a>\n <b> 1 </b>\n <ns:c/>\n</a>\n")
        #expect(node.text.isEmpty && node.children.map(\.name) == ["b", "ns:c"])
        #expect(node.text("b") == " 1 ")
    }

    @Test func `other encodings that say so are read`() throws {
        let latin = Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xE9]
        #expect(try XMLReader.parse(latin + Array("</a>".utf8)).text == "é")
        let wide = "<a>é😀</a>".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(try XMLReader.parse([0xFF, 0xFE] + wide).text == "é😀")
    }

    @Test(arguments: [
        ("<!DOCTYPE html><html/>", "document type"),
        ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "document type"),
        ("<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", "document type"),
        ("<?a?><b/>", "processing instruction"),
        ("<?xml version='1.0'?><?a b?><c/>", "processing instruction"),
        ("<a><?b?></a>", "processing instruction"),
        ("<a/><?b?>", "processing instruction"),
        ("<a>&e;</a>", "undefined entity"),
        ("<a/><b/>", "junk after document element"),
        ("<a>", "no element found"),
        ("<a b='1' b='2'/>", "duplicate attribute"),
        ("<a></b>", "mismatched tag"),
        ("", "no element found"),
        ("<?xml version='1.0' encoding='klingon'?><a/>", "unknown encoding"),
    ])
    func `what AWS never sends is refused with its reason`(text: String, reason: String) {
        let error = refusal(Array(text.utf8))
        #expect(error?.code == "aws.wire" && error?.causes.first?.contains(reason) == true)
    }

    @Test(
        arguments: [
            [0x3C, 0xFF, 0x2F, 0x3E], [0x3C, 0x61, 0xC3, 0x2F, 0x3E],
            [0x3C, 0x61, 0x20, 0xED, 0xA0, 0x80, 0x3D, 0x22, 0x22, 0x2F, 0x3E],
            [0x3C, 0x61, 0x3E, 0xC0, 0x80, 0x3C, 0x2F, 0x61, 0x3E],
            [0x3C, 0x61, 0x3E, 0x00, 0x3C, 0x2F, 0x61, 0x3E], [0x3C, 0x61, 0x00, 0x2F, 0x3E],
            [0x00],
        ] as [[UInt8]])
    func `names and text that are no UTF-8, and NUL, are refused`(bytes: [UInt8]) {
        #expect(refusal(bytes)?.code == "aws.wire")
    }

    @Test func `the line is that of the fault`() {
        let error = refusal(Array("<a>\n<b>\n</c>\n</a>".utf8))
        #expect(error?.summary.hasSuffix("at line 3") == true)
    }

    @Test func `entities that grow without end are refused before they grow`() {
        var text = "<!DOCTYPE a [<!ENTITY e0 \"lol\">"
        for level in 1..<12 {
            let inner = String(repeating: "&e\(level - 1);", count: 10)
            text += "<!ENTITY e\(level) \"\(inner)\">"
        }
        let error = refusal(Array((text + "]><a>&e11;</a>").utf8))
        #expect(error?.causes == ["it declares a document type"])
    }

    @Test func `a tree is read down to the limit and no deeper`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth))
                    .utf8)
        }
        #expect(throws: Never.self) { try XMLReader.parse(nested(XMLReader.depthLimit)) }
        #expect(refusal(nested(XMLReader.depthLimit + 1))?.code == "aws.wire")
        #expect(refusal(nested(1_000_000))?.causes.first?.contains("deep") == true)
    }

    @Test func `answers that are too long or have too many parts are refused`() {
        let long = [UInt8](repeating: 0x20, count: XMLReader.sizeLimitBytes + 1)
        #expect(refusal(long)?.causes.first?.contains("longer than") == true)
        let many = "<a>" + String(repeating: "<b/>", count: XMLReader.partsLimit) + "</a>"
        #expect(refusal(Array(many.utf8))?.causes.first?.contains("more than") == true)
        let wide = (0..<XMLReader.partsLimit).map { " a\($0)=''" }.joined()
        #expect(refusal(Array("<a\(wide)/>".utf8))?.causes.first?.contains("more than") == true)
    }
}

@Suite struct XMLFuzzTests {
    /// Whole answers as services send them.
    static let answers = [
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
          <requestId>1b6a</requestId><imagesSet><item><imageId>ami-1</imageId>
          <name>a &lt;b&gt; &amp; c</name>
          <tagSet><item><key>k</key><value> é </value></item></tagSet>
          </item></imagesSet><nextToken/></DescribeImagesResponse>
        """,
        """
        <?xml version="1.0" encoding="UTF-8"?>

        <Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>
        <Key>a/b.vmdk</Key><RequestId>4442587FB7D0A2F9</RequestId></Error>
        """,
        """
        <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>
        <Code>Throttling</Code><Message><![CDATA[Rate <exceeded>]]></Message></Error>
        </ErrorResponse>
        """,
        """
        <Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.
        </Message></Error></Errors><RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>
        """,
    ].map { Array($0.utf8) }

    /// What most often breaks readers of XML.
    static let dictionary: [[UInt8]] =
        [
            "<?a?>", "<?a", "<!DOCTYPE a [", "<!ENTITY e '&e;'>", "]>", "<![CDATA[", "]]>", "<!--",
            "--", "&#0;", "&#x110000;", "&e;", "<a", "</", "/>", "='", "xmlns:x=\"\"", "<:/>",
            "encoding='UTF-16'", "encoding='x'", "standalone='yes'",
        ].map { Array($0.utf8) } + [
            [0], [0xFF, 0xFE], [0xC3], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF],
        ]

    private func mutated(using random: inout SeededGenerator) -> [UInt8] {
        var bytes = Self.answers.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, at + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.removeSubrange(at...)
            case 1: bytes.removeSubrange(at..<end)
            case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
            case 3:
                for index in at..<end { bytes[index] = UInt8.random(in: 0...255, using: &random) }
            case 4:
                if at < bytes.count { bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            default:
                bytes.insert(
                    contentsOf: Self.dictionary.randomElement(using: &random) ?? [], at: at)
            }
        }
        return bytes
    }

    @Test func `an answer with any fault is read or refused, and nothing else`() throws {
        var random = SeededGenerator(seed: 2026)
        var read = 0
        var refused = 0
        for _ in 0..<8000 {
            let bytes = mutated(using: &random)
            do {
                // What was read can be written, and reads the same again.
                let node = try XMLReader.parse(bytes)
                #expect(try XMLReader.parse(Array(node.document.utf8)) == node)
                read += 1
            } catch let error as Diagnostic {
                #expect(error.code == "aws.wire", "\(bytes)")
                refused += 1
            }
        }
        // Otherwise the faults would be too harmless, or too wild to get far.
        #expect(read > 400 && refused > 4000, "\(read) read, \(refused) refused")
    }

    @Test func `every part of an answer from its beginning is refused`() {
        for answer in Self.answers {
            for count in 0..<answer.count {
                #expect(throws: Diagnostic.self) {
                    try XMLReader.parse(Array(answer.prefix(count)))
                }
            }
        }
    }

    @Test func `an error's body of garbage is still an error of the service`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<1000 {
            let body = mutated(using: &random)
            let error = ErrorReader.read(
                HTTPResponse(status: 503, headers: [], body: body),
                action: DescribeImages.action, wire: WireRequest(DescribeImages.action))
            if (try? XMLReader.parse(body)) == nil { #expect(error.code == "ServiceUnavailable") }
        }
    }
}
