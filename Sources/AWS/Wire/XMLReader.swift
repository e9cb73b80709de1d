import CExpat
import Diagnostics

/// Reads a whole XML document through Expat.
///
/// What AWS never sends is refused, because whoever answers may be a proxy or worse: a document
/// type, and with it every entity that is not predefined, and processing instructions.
enum XMLReader {
    /// Deeper answers than this are refused; AWS's stay under ten.
    static let depthLimit = 64
    /// Longer answers are refused; a page of a thousand images has two megabytes.
    static let sizeLimitBytes = 16 << 20
    /// Answers of more elements and attributes are refused, since each takes more memory than its
    /// four bytes.
    static let partsLimit = 300_000

    /// Parses a document.
    ///
    /// - Throws: `aws.wire` with the line where it breaks.
    static func parse(_ bytes: [UInt8]) throws -> XMLNode {
        guard bytes.count <= sizeLimitBytes else {
            throw unreadable(line: 1, "it is longer than \(sizeLimitBytes) bytes")
        }
        guard let parser = XML_ParserCreate(nil) else {
            throw unreadable(line: 1, "there is no memory left")
        }
        defer { XML_ParserFree(parser) }
        let builder = XMLTreeBuilder(parser)
        builder.listen()
        // S3 sends white space to keep a connection open, before the declaration too.
        let document = bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let status = document.withUnsafeBytes { buffer in
            XML_Parse(
                parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(buffer.count), 1)
        }
        // The parser calls the builder through a pointer that it does not own.
        return try withExtendedLifetime(builder) {
            if status == XML_STATUS_OK, let root = builder.root { return root }
            let words = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
            throw unreadable(
                line: XML_GetCurrentLineNumber(parser), builder.refusal ?? words ?? "it is empty")
        }
    }

    private static func unreadable(line: UInt, _ cause: String) -> Diagnostic {
        Diagnostic(
            code: "aws.wire", summary: "the answer is no XML, or breaks off, at line \(line)",
            causes: [cause],
            hint: "check that the endpoint is AWS or a faithful emulator of it")
    }
}

/// Makes elements of what the parser finds.
private final class XMLTreeBuilder {
    private(set) var root: XMLNode?
    /// Why the document is refused.
    private(set) var refusal: String?
    private let parser: XML_Parser
    private var open: [XMLNode] = []
    private var parts = 0

    init(_ parser: XML_Parser) { self.parser = parser }

    /// Has the parser call this builder, which must outlive the parsing.
    func listen() {
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { XMLTreeBuilder.of($0)?.start(name: $1, attributes: $2) },
            { data, _ in XMLTreeBuilder.of(data)?.end() })
        XML_SetCharacterDataHandler(parser) { XMLTreeBuilder.of($0)?.text($1, count: $2) }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            XMLTreeBuilder.of(data)?.refuse("it declares a document type")
        }
        XML_SetProcessingInstructionHandler(parser) { data, _, _ in
            XMLTreeBuilder.of(data)?.refuse("it holds a processing instruction")
        }
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> XMLTreeBuilder? {
        data.map { Unmanaged<XMLTreeBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    private func refuse(_ reason: String) {
        if refusal == nil { refusal = reason }
        XML_StopParser(parser, 0)
    }

    private func start(
        name: UnsafePointer<CChar>?,
        attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    ) {
        // The parser may call once more after it was stopped.
        guard refusal == nil, let name else { return }
        guard open.count < XMLReader.depthLimit else {
            return refuse("its elements are more than \(XMLReader.depthLimit) deep")
        }
        var node = XMLNode(String(cString: name))
        var next = attributes
        while let pair = next, let name = pair[0], let value = pair[1] {
            node.attributes[String(cString: name)] = String(cString: value)
            next = pair + 2
        }
        parts += 1 + node.attributes.count
        guard parts <= XMLReader.partsLimit else {
            return refuse("it has more than \(XMLReader.partsLimit) elements and attributes")
        }
        open.append(node)
    }

    private func text(_ bytes: UnsafePointer<CChar>?, count: Int32) {
        guard refusal == nil, !open.isEmpty, let bytes else { return }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(count))
        open[open.count - 1].text += String(decoding: buffer, as: UTF8.self)
    }

    private func end() {
        guard refusal == nil, var node = open.popLast() else { return }
        // White space between elements is layout, not data.
        if !node.children.isEmpty { node.text = "" }
        if open.isEmpty { root = node } else { open[open.count - 1].children.append(node) }
    }
}
