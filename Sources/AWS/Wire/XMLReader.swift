import Diagnostics
import Foundation
import FoundationXML

/// Reads a whole XML document through FoundationXML; external entities are not followed.
enum XMLReader {
    /// Deeper answers than this are refused; AWS's stay under ten.
    static let depthLimit = 64

    /// Parses a document.
    ///
    /// - Throws: `aws.wire` with the line where it breaks.
    static func parse(_ bytes: [UInt8]) throws -> XMLNode {
        let builder = Builder()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = builder
        parser.shouldResolveExternalEntities = false
        guard parser.parse(), let root = builder.root else {
            throw Diagnostic(
                code: "aws.wire",
                summary: "the answer is no XML, or breaks off, at line \(parser.lineNumber)",
                hint: "check that the endpoint is AWS or a faithful emulator of it")
        }
        return root
    }

    private final class Builder: NSObject, XMLParserDelegate {
        var root: XMLNode?
        private var open: [XMLNode] = []

        func parser(
            _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
            qualifiedName qName: String?, attributes attributeDict: [String: String] = [:]
        ) {
            if open.count >= depthLimit {
                parser.abortParsing()
                return
            }
            open.append(XMLNode(elementName, attributes: attributeDict, []))
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            if !open.isEmpty { open[open.count - 1].text += string }
        }

        func parser(_ parser: XMLParser, foundCDATA CDATABlock: Data) {
            if !open.isEmpty {
                open[open.count - 1].text += String(decoding: CDATABlock, as: UTF8.self)
            }
        }

        func parser(
            _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
            qualifiedName qName: String?
        ) {
            guard var node = open.popLast() else { return }
            // White space between elements is layout, not data.
            if !node.children.isEmpty { node.text = "" }
            if open.isEmpty { root = node } else { open[open.count - 1].children.append(node) }
        }
    }
}
