import AWS

/// What a template's text says of a CodeBuild project, read line by line: enough to look for what
/// its builds need before it is deployed.
struct BuildTemplate: Sendable {
    private let lines: [[Substring]]

    /// - Parameter text: YAML; of a template in JSON nothing is known.
    init(_ text: String) {
        lines = text.split(separator: "\n").map { line in
            line.prefix { $0 != "#" }.split(separator: " ")
        }
    }

    /// Whether it makes a project.
    var isProject: Bool { lines.contains(["Type:", "AWS::CodeBuild::Project"]) }

    /// Whether CodeBuild is asked for a webhook.
    var makesWebhook: Bool { lines.contains(["Webhook:", "true"]) }

    /// The secrets that builds get as variables.
    ///
    /// - Parameter values: of parameters; the others have their defaults, and an empty value means
    ///   that there is no such variable.
    func secrets(_ values: [String: String]) -> [BuildSecret] {
        let defaults = defaults
        var found: [BuildSecret] = []
        for place in lines.indices.dropFirst().dropLast() {
            guard lines[place].first == "Type:", lines[place].count == 2,
                let name = Self.value(lines[place - 1], "Name:"),
                let value = Self.value(lines[place + 1], "Value:", values, defaults),
                !value.isEmpty,
                let secret = BuildSecret(
                    .init(name: name, value: value, type: String(lines[place][1])))
            else { continue }
            found.append(secret)
        }
        return found
    }

    /// The defaults of parameters, by name.
    private var defaults: [String: String] {
        var found: [String: String] = [:]
        var name: String?
        for words in lines {
            if words.count == 1, let key = words.first, key.last == ":" {
                name = String(key.dropLast())
            } else if words.first == "Default:", words.count == 2, let name {
                found[name] = words[1] == "\"\"" ? "" : String(words[1])
            }
        }
        return found
    }

    private static func value(
        _ words: [Substring], _ key: String, _ values: [String: String] = [:],
        _ defaults: [String: String] = [:]
    ) -> String? {
        let words = words.first == "-" ? words.dropFirst() : words[...]
        guard words.first.map(String.init) == key else { return nil }
        let rest = words.dropFirst().map(String.init)
        if rest.count == 1 { return rest[0] }
        guard rest.count == 2, rest[0] == "!Ref" else { return nil }
        return values[rest[1]] ?? defaults[rest[1]]
    }
}
