import Diagnostics

/// An INI file as botocore reads AWS's shared files (Python's `RawConfigParser`): lower case
/// option names, `=` or `:`, full-line comments, continuation lines, nested sections by indent.
struct INIFile: Sendable {
    /// An option's value.
    enum Value: Sendable, Equatable {
        case text(String)
        /// What follows indented below an option without a value of its own, as under `s3 =`.
        case nested([String: String])
    }

    /// By section name as it stands between the brackets, in the file's order.
    ///
    /// What `[DEFAULT]` says is part of every section.
    private(set) var sections: [(name: String, options: [String: Value])] = []

    /// The section whose options are every other's too.
    private static let defaults = "DEFAULT"

    /// Reads a file's text.
    ///
    /// - Throws: `aws.config-syntax` with file and line.
    init(_ text: String, path: String) throws {
        var reader = Reader(path: path)
        // Python ends lines in more ways than "\n"; in files, universal newlines leave these.
        var number = 0
        for line in text.replacing("\r\n", with: "\n").split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r" })
        {
            number += 1
            try reader.read(line, number)
        }
        sections = try reader.finish()
    }

    private struct Option {
        let name: String
        let line: Int
        var lines: [String]
    }

    private struct Reader {
        let path: String
        private var sections: [String: [Option]] = [:]
        private var order: [String] = []
        private var section: String?
        private var continues = false
        private var indent = 0

        init(path: String) { self.path = path }

        mutating func read(_ line: Substring, _ number: Int) throws {
            let content = INIFile.trimmed(line)
            let isComment = content.first == "#" || content.first == ";"
            if content.isEmpty || isComment {
                if continues, !isComment { append("") }
                return
            }
            let depth = line.prefix { $0.isWhitespace }.count
            if continues, depth > indent {
                append(content)
                return
            }
            indent = depth
            if content.first == "[", let end = content.lastIndex(of: "]"),
                content.index(after: content.startIndex) < end
            {
                try begin(content[content.index(after: content.startIndex)..<end], number)
            } else {
                try option(content, number)
            }
        }

        private mutating func append(_ content: String) {
            guard let section, let last = sections[section]?.indices.last else { return }
            sections[section]?[last].lines.append(content)
        }

        private mutating func begin(_ name: Substring, _ number: Int) throws {
            let name = String(name)
            guard sections[name] == nil || name == INIFile.defaults else {
                throw INIFile.broken(path, number, "section `[\(name)]` occurs twice")
            }
            if sections[name] == nil { sections[name] = [] }
            if name != INIFile.defaults { order.append(name) }
            section = name
            continues = false
        }

        private mutating func option(_ content: String, _ number: Int) throws {
            guard let section else {
                throw INIFile.broken(path, number, "an option stands before the first `[section]`")
            }
            guard let sign = content.firstIndex(where: { $0 == "=" || $0 == ":" }),
                sign > content.startIndex
            else { throw INIFile.broken(path, number, "the line is no `name = value`") }
            let name = INIFile.trimmed(content[..<sign]).lowercased()
            guard sections[section]?.contains(where: { $0.name == name }) != true else {
                throw INIFile.broken(path, number, "option `\(name)` occurs twice")
            }
            let value = INIFile.trimmed(content[content.index(after: sign)...])
            sections[section]?.append(Option(name: name, line: number, lines: [value]))
            continues = true
        }

        func finish() throws -> [(name: String, options: [String: Value])] {
            let defaults = sections[INIFile.defaults] ?? []
            return try order.map { name in
                let own = sections[name] ?? []
                var values: [String: Value] = [:]
                for option in defaults where !own.contains(where: { $0.name == option.name }) {
                    values[option.name] = try value(option)
                }
                for option in own { values[option.name] = try value(option) }
                return (name, values)
            }
        }

        private func value(_ option: Option) throws -> Value {
            var lines = option.lines
            while let last = lines.last, last.isEmpty { lines.removeLast() }
            guard lines.count > 1, lines[0].isEmpty else {
                return .text(lines.joined(separator: "\n"))
            }
            var nested: [String: String] = [:]
            for (index, line) in lines.enumerated() where !line.isEmpty {
                guard let sign = line.firstIndex(of: "=") else {
                    throw INIFile.broken(
                        path, option.line + index, "the indented line is no `name = value`")
                }
                nested[INIFile.trimmed(line[..<sign])] = INIFile.trimmed(
                    line[line.index(after: sign)...])
            }
            return .nested(nested)
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var slice = text[...]
        while slice.first?.isWhitespace == true { slice.removeFirst() }
        while slice.last?.isWhitespace == true { slice.removeLast() }
        return String(slice)
    }

    private static func broken(_ path: String, _ line: Int, _ cause: String) -> Diagnostic {
        Diagnostic(
            code: "aws.config-syntax", severity: .configuration,
            summary: "the AWS configuration file cannot be read", location: "\(path):\(line)",
            causes: [cause], hint: "correct the line, or name another file")
    }
}

extension INIFile.Value: CustomStringConvertible, CustomReflectable {
    /// Always the same text, for some values are secrets.
    var description: String { "<value>" }
    /// Shows nothing to `dump` and the debugger.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
