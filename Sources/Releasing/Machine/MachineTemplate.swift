import AWS
import Diagnostics
import Glibc
import JSON

/// `cfn/ec2.yaml` with the manifest's own tags.
///
/// A stack's tags reach its resources, but not the volumes of a machine's block devices: those
/// take the tags of the machine's own property, which therefore has to hold them. A list of any
/// length is no parameter, so that they are written where a comment of the template says.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html>
package enum MachineTemplate {
    /// The digest of a template that makes the machines of an earlier one, and that one's digest:
    /// releases that were made with the earlier one are not stale for it.
    ///
    /// From the first: no parameter for a zone, a key pair that CloudFormation looks up, no marks.
    package static let equals = [
        "sha256:66ae90ab9d66509601b930ebc1ccd88daba5377663fcca99d1c99e2216b595e9":
            "sha256:cd1838741125c43575e77089862f99091c42599c3bb480dcf181544d8a999424"
    ]
    /// The comment, alone in its line, that a line for each tag takes the place of.
    static let mark = "# Own tags."
    /// What the template names itself; a key may not come twice.
    private static let taken: Set = ["Name"]

    /// Writes tags into a template.
    ///
    /// - Throws: `template.no-mark` where the template has no place for them.
    static func text(_ template: String, tags own: OwnTags) throws -> String {
        let tags = own.tags.filter { !taken.contains($0.key) }
        guard !tags.isEmpty else { return template }
        let lines = template.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.contains(where: isMark) else {
            throw Diagnostic(
                code: "template.no-mark", severity: .configuration,
                summary: "`\(LaunchInstance.template)` says nowhere where own tags go",
                hint: "write the line `\(mark)` at the end of the machine's `Tags`, or leave "
                    + "`/tags` out")
        }
        return lines.flatMap { line -> [String] in
            guard isMark(line) else { return [String(line)] }
            let indent = line.prefix { $0 == " " }
            return tags.map { tag in
                // JSON is YAML.
                let entry: JSONValue = ["Key": .string(tag.key), "Value": .string(tag.value)]
                return "\(indent)- \(entry.compactText)"
            }
        }.joined(separator: "\n")
    }

    private static func isMark(_ line: Substring) -> Bool {
        line.drop { $0 == " " }.hasPrefix(mark)
    }
}
