import Diagnostics
package import JSON

extension InfrastructureManifest {
    /// As the command line changes it.
    ///
    /// - Throws: `usage.asset-id`; as `init(_:path:results:)`.
    init(_ file: ManifestFile, changedBy overrides: ManifestOverrides) throws {
        guard overrides.assetId == nil else {
            throw Diagnostic(
                code: "usage.asset-id", severity: .configuration,
                summary: "a manifest of kind `\(file.kind.rawValue)` has no asset id",
                location: file.path, hint: "leave `--asset-id` out")
        }
        try self.init(
            try overrides.applied(to: file.document), path: file.path,
            results: overrides.results)
    }

    /// Checks a parsed manifest.
    ///
    /// - Parameters:
    ///   - path: the file it came from, for errors and for the project's folder.
    ///   - results: replaces `/results`.
    /// - Throws: `manifest.*`.
    package init(_ document: JSONValue, path: String, results: String? = nil) throws {
        let root = try JSONReader(document, source: path).object(allowing: [
            "$schema", "kind", "region", "stacks", "results", "account",
        ])
        _ = try root.optional("$schema")?.string()
        _ = try root.required("kind").oneOf([ManifestKind.infrastructure.rawValue])
        self.path = path
        self.document = document
        project = ProjectFolder(ofManifest: path)
        let region = try Self.region(root.required("region"))
        self.region = region
        account = try root.optional("account").map(ReleaseManifest.account)
        let list = try root.required("stacks")
        let object = try list.object()
        guard !object.names.isEmpty else {
            throw list.diagnostic(
                code: "manifest.out-of-range", summary: "there is no stack",
                hint: "add one, such as `\"vm-bucket\": { \"name\": ..., \"template\": ... }`")
        }
        let project = project
        stacks = try object.names.map { stage in
            try Stack(
                try object.required(stage), stage: stage, region: region, stages: object.names,
                project: project)
        }
        self.results = try results ?? root.optional("results")?.nonEmptyString() ?? "out"
        try Self.checkNames(stacks, in: list)
        try Self.checkNeeds(stacks, in: list)
    }

    static func region(_ reader: JSONReader) throws -> String {
        try reader.string(
            allowed: "an AWS region such as `eu-central-1`", where: ManifestForm.isRegion)
    }

    /// Two stages must not work on one stack.
    private static func checkNames(_ stacks: [Stack], in list: JSONReader) throws {
        var known: [String: String] = [:]
        for stack in stacks {
            let place = "\(stack.region)/\(stack.name)"
            if let other = known.updateValue(stack.stage, forKey: place) {
                throw try list.object().required(stack.stage).diagnostic(
                    code: "manifest.duplicate",
                    summary: "`\(other)` has the name `\(stack.name)` in `\(stack.region)` too",
                    hint: "name each stack once")
            }
        }
    }

    /// Stacks that need each other cannot be created.
    private static func checkNeeds(_ stacks: [Stack], in list: JSONReader) throws {
        var left = stacks
        while !left.isEmpty {
            let names = Set(left.map(\.stage))
            let blocked = left.filter { stack in stack.needs.contains { names.contains($0) } }
            guard blocked.count < left.count else {
                let stages = blocked.map { "`\($0.stage)`" }.joined(separator: ", ")
                throw list.diagnostic(
                    code: "manifest.cycle",
                    summary: "stacks need each other's outputs: \(stages)",
                    hint: "give one of them a value of its own")
            }
            left = blocked
        }
    }
}

extension InfrastructureManifest.Stack {
    private static let capabilities = [
        "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND",
    ]

    init(
        _ reader: JSONReader, stage: String, region: String, stages: [String],
        project: ProjectFolder
    ) throws {
        guard ManifestForm.isStageName(stage) else {
            throw reader.diagnostic(
                code: "manifest.unknown-value", summary: "`\(stage)` cannot be a stage's name",
                hint: "use lower-case letters, digits and `-`, such as `vm-bucket`")
        }
        let stack = try reader.object(allowing: [
            "name", "region", "template", "parameters", "capabilities", "tags",
        ])
        self.stage = stage
        name = try stack.required("name").string(
            allowed: "1 to 128 letters, digits and `-`, beginning with a letter",
            where: ManifestForm.isStackName)
        let own = stack.optional("region")
        self.region = try own.map(InfrastructureManifest.region) ?? region
        hasOwnRegion = own != nil
        let file = try stack.required("template")
        template = try file.nonEmptyString()
        try project.requireFile(template, location: file.location)
        parameters =
            try stack.optional("parameters").map { reader in
                let object = try reader.object()
                return try object.names.sorted().map { name in
                    try InfrastructureManifest.Parameter(
                        try object.required(name), name: name, stages: stages)
                }
            } ?? []
        capabilities =
            try stack.optional("capabilities")?.array { try $0.oneOf(Self.capabilities) } ?? []
        tags = try stack.optional("tags")?.stringMap() ?? [:]
    }
}

extension InfrastructureManifest.Parameter {
    init(_ reader: JSONReader, name: String, stages: [String]) throws {
        guard ManifestForm.isParameterName(name) else {
            throw reader.diagnostic(
                code: "manifest.unknown-value", summary: "`\(name)` cannot be a parameter's name",
                hint: "use letters and digits, as CloudFormation does")
        }
        self.name = name
        switch reader.value {
        case .object:
            let reference = try reader.object(allowing: ["stack", "output"])
            value = .output(
                InfrastructureManifest.Reference(
                    stage: try reference.required("stack").oneOf(stages),
                    output: try reference.required("output").string(
                        allowed: "letters and digits", where: ManifestForm.isParameterName)))
        case .array:
            value = .text(
                try reader.array { element in
                    let text = try Self.text(element)
                    guard !text.contains(",") else {
                        throw element.diagnostic(
                            code: "manifest.unknown-value",
                            summary: "`\(text)` has a comma in it",
                            hint: "make it several elements: CloudFormation parts a list at commas")
                    }
                    return text
                }.joined(separator: ","))
        default: value = .text(try Self.text(reader))
        }
    }

    /// CloudFormation knows texts only; numbers and truth values may be written as such.
    private static func text(_ reader: JSONReader) throws -> String {
        switch reader.value {
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        default: return try reader.string()
        }
    }
}
