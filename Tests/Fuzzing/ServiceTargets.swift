import Diagnostics
import HTTP
import JSON

@testable import AWS
@testable import Ansible
@testable import DockerEngine
@testable import Releasing

/// Readers of what services and helper programs answer.
enum ServiceTargets {
    static func ansible(_ bytes: [UInt8]) {
        var transcript = AnsibleTranscript(playbook: "install.yaml", redaction: SecretRedaction([]))
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            _ = transcript.add(String(line))
            _ = PythonJSON.strict(String(line))
        }
    }

    static func aws(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? ProvidedCredentials.read(text, tokenName: "Token", origin: "input")
        for service in AWSService.allCases {
            let response = HTTPResponse(
                status: 400, headers: [("date", text), ("retry-after", text)], body: bytes)
            let action = AWSAction(service, "Any", retry: .safe)
            _ = ErrorReader.read(response, action: action, wire: WireRequest(action)).setback
        }
    }

    static func docker(_ bytes: [UInt8]) {
        _ = LogFrames.text(bytes)
        let files = DockerFiles(environment: ["HOME": "/h"]) { _ in bytes }
        guard let json = try? files.json("config.json") else { return }
        _ = TransferLine(json)
        _ = try? DockerContext.current(environment: [:], files: files)
    }

    static func github(_ bytes: [UInt8]) {
        let body = String(decoding: bytes, as: UTF8.self)
        _ = try? PublishedRelease(bytes, source: "input")
        guard let made = try? ReleaseSection.replace(in: body, by: "made here") else { return }
        let notes = try? ReleaseSection.notes(in: made)
        precondition(notes == "made here", "the notes are not found again")
        let twice = try? ReleaseSection.replace(in: made, by: "made here")
        precondition(twice.map { Array($0.utf8) } == Array(made.utf8), "a second section")
    }

    static func inventory(_ bytes: [UInt8]) {
        guard let inventory = try? Inventory(bytes, source: "input") else { return }
        let changes = InventoryChanges(from: inventory, to: inventory)
        precondition(
            changes.notable.isEmpty && changes.system.isEmpty, "an inventory differs from itself")
    }

    static func template(_ bytes: [UInt8]) {
        let template = BuildTemplate(String(decoding: bytes, as: UTF8.self))
        _ = template.isProject
        _ = template.makesWebhook
        _ = template.secrets(["A": "b"])
    }
}
