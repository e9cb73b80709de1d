package import BuildGraph
package import JSON
import OrderedCollections

/// Something that a run made and a person wants to know of.
package struct MadeThing: Sendable, Equatable {
    /// `AMI`, `VMDK`, `Docker image` and so on.
    package let kind: String
    /// What it is known by: an id, an address, a name with its tag.
    package let name: String
    /// What else there is to know: region, size, digest; empty for nothing.
    package let detail: String
    /// How much of it there is to download; nil where that is unknown.
    package var bytes: Int64?
    /// What its contents are checked by, such as `sha256:…`; nil where there is none.
    package var checksum: String?

    /// Names one; see the properties.
    package init(
        kind: String, name: String, detail: String, bytes: Int64? = nil, checksum: String? = nil
    ) {
        self.kind = kind
        self.name = name
        self.detail = detail
        self.bytes = bytes
        self.checksum = checksum
    }

    /// Things that stages made, images first: a pure function of their outputs.
    ///
    /// - Parameters:
    ///   - outputs: of the stages that ended well.
    ///   - region: of images where nothing else tells.
    package static func things(
        in outputs: [StageName: JSONValue], region: String?
    ) -> [MadeThing] {
        let stages = outputs.sorted { $0.key.rawValue < $1.key.rawValue }
        return images(outputs, region) + stages.compactMap { export($0.key, $0.value) }
            + docker(outputs) + stages.compactMap { stack($0.value) }
            + page(outputs[PublishRelease.stageName])
    }

    private static func images(
        _ outputs: [StageName: JSONValue], _ region: String?
    ) -> [MadeThing] {
        var ids: [String: String] = [:]
        for (stage, value) in outputs
        where stage.rawValue == "ami" || stage.rawValue.hasPrefix("ami-copy-") {
            let place = value["region"]?.stringValue ?? region
            if let place, let id = value["imageId"]?.stringValue { ids[place] = id }
        }
        let publication = outputs[PublishAMI.stageName]
        for (place, id) in publication?["images"]?.objectValue ?? [:] {
            ids[place] = id.stringValue
        }
        let isPublic = publication?["public"] == true
        // The release's own region comes first.
        let places = ids.keys.sorted { ($0 == region ? "" : $0) < ($1 == region ? "" : $1) }
        return places.map { place in
            MadeThing(
                kind: "AMI", name: ids[place] ?? "", detail: place + (isPublic ? ", public" : ""))
        }
    }

    private static func export(_ stage: StageName, _ outputs: JSONValue) -> MadeThing? {
        guard stage.rawValue.hasPrefix("export-"), let format = outputs["format"]?.stringValue,
            let url = outputs["url"]?.stringValue
        else { return nil }
        let bytes = outputs["bytes"]?.integerValue
        let sums = ["sha256", "crc64nvme"].lazy.compactMap { name in
            outputs[name]?.stringValue.map { "\(name):\($0)" }
        }
        return MadeThing(
            kind: format, name: url, detail: bytes.map(ByteCount.text) ?? "", bytes: bytes,
            checksum: sums.first)
    }

    private static func docker(_ outputs: [StageName: JSONValue]) -> [MadeThing] {
        if let pushed = outputs["docker-push"], let image = pushed["image"]?.stringValue {
            return [
                MadeThing(
                    kind: "Docker image", name: image,
                    detail: "pushed, \(pushed["digest"]?.stringValue ?? "")",
                    checksum: pushed["digest"]?.stringValue)
            ]
        }
        guard let made = outputs[BuildDockerImage.stageName],
            let image = made["image"]?.stringValue
        else { return [] }
        let bytes = (made["bytes"] ?? made[BuildDockerImage.formerSize])?.integerValue
        let size = bytes.map(ByteCount.text) ?? ""
        return [MadeThing(kind: "Docker image", name: image, detail: size)]
    }

    private static func stack(_ outputs: JSONValue) -> MadeThing? {
        guard outputs["stackId"] != nil, let name = outputs["stackName"]?.stringValue else {
            return nil
        }
        return MadeThing(kind: "stack", name: name, detail: outputs["region"]?.stringValue ?? "")
    }

    private static func page(_ outputs: JSONValue?) -> [MadeThing] {
        guard let url = outputs?["url"]?.stringValue else { return [] }
        return [MadeThing(kind: "GitHub", name: url, detail: "")]
    }
}
