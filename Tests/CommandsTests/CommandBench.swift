import ArgumentParser
import BuildGraph
import Diagnostics
import Foundation
import HTTP
import JSON
import Releasing
import TestSupport

@testable import Commands

/// A project in a folder of its own, in which commands run inside the test's process.
final class CommandBench: Sendable {
    /// What one command wrote, and how it ended.
    struct Outcome {
        let status: ExitStatus
        let output: String
        let error: String

        /// All of it, for a golden file.
        var text: String {
            "status \(status.rawValue)\n--- standard output\n\(output)--- standard error\n\(error)"
        }
    }

    let folder: TemporaryFolder
    var manifest: String { "\(folder.path)/manifests/release.json" }
    private let cloud: AnsweringTransport
    private let processes: ScriptedProcessRunner

    /// - Parameter answer: what AWS and all others answer.
    init(
        _ answer: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse = { request in
            throw Diagnostic(
                code: "test.unexpected", summary: "nothing was said about `\(request.url)`")
        }
    ) throws {
        folder = try TemporaryFolder()
        cloud = AnsweringTransport(answer: answer)
        processes = ScriptedProcessRunner { command in
            throw Diagnostic(
                code: "test.no-program", summary: "there is no `\(command.executable)` here")
        }
        try folder.write("manifests/release.json", Self.release)
        for name in [
            "ansible/sandbox.yml", "ansible/reset-password.yml", "checks/machine.yml",
            "checks/disk.yml", "cfn/ec2.yaml",
        ] {
            try folder.write(name, "# \(name)\n")
        }
    }

    /// A release without Docker and GitHub, in the notation of the manifest.
    private static let release = """
        {
          "kind": "release",
          "assetId": "1.0",
          "region": "eu-central-1",
          "account": "123456789012",
          "versions": { "sandbox": "1.0" },
          "ami": {
            "base": { "owner": "099720109477", "architecture": "x86_64", "name": "ubuntu-*" },
            "namePrefix": "Sandbox"
          },
          "instance": { "type": "t3.medium", "volumeGiB": 100, "ingressCidr": "192.0.2.7/32" },
          "provision": { "playbook": "ansible/sandbox.yml" },
          "export": { "formats": ["VMDK"], "prefix": "images", "bucket": { "stack": "VM" } },
          "results": "out"
        }
        """

    /// The call of a command.
    ///
    /// - Parameters:
    ///   - variables: added to the environment.
    ///   - time: what a wait takes.
    func call(
        _ arguments: [String], _ variables: [String: String] = [:],
        time: any TimeSource = TestClock(), console: Console
    ) -> Invocation {
        let own = [
            "HOME": folder.path, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true",
        ]
        let cloud = cloud
        return Invocation(
            arguments: ["dssbatch"] + arguments, environment: own.merging(variables) { $1 },
            console: console, time: time, processes: processes,
            transport: { _ in cloud })
    }

    /// Runs a command to its end; `MANIFEST` stands for the release's manifest.
    ///
    /// - Parameter terminal: what standard output is; nil for none.
    func run(
        _ arguments: [String], variables: [String: String] = [:],
        time: any TimeSource = TestClock(), on terminal: TerminalSize? = nil
    ) async -> Outcome {
        let (output, error) = (WrittenText(), WrittenText())
        let console = Console(
            output: { output.add($0) }, error: { error.add($0) },
            answer: { _ in nil }, canAsk: false, outputTerminal: { terminal },
            errorTerminal: { nil })
        let arguments = arguments.map { $0.replacing("MANIFEST", with: manifest) }
        let status = await DSSBatch.run(
            call(arguments, variables, time: time, console: console))
        return Outcome(status: status, output: normal(output.all), error: normal(error.all))
    }

    /// Where its results are.
    var store: FolderResultStore {
        FolderResultStore(root: "\(folder.path)/out", assetId: "1.0")
    }

    /// Records every durable stage as if a run had made it.
    func recordAll() async throws {
        let console = Console(
            output: { _ in }, error: { _ in }, answer: { _ in nil }, canAsk: false,
            outputTerminal: { nil }, errorTerminal: { nil })
        let session = try ManifestOptions.parse([manifest]).session(
            try GlobalOptions.parse([]), call([], console: console))
        session.store.bind(try await session.services.realms?.present())
        for name in session.graph.names {
            // What it is made of is known once those before it are recorded.
            let plan = try await session.manifest.plan(at: session.workplace).plan
            guard let next = plan[name], next.lifetime == .durable else { continue }
            let material = next.material
            let run = RecordedRun(
                key: material?.key ?? "", inputs: material?.inputs ?? [:],
                settings: material?.settings ?? [:], revisions: material?.revisions ?? [:],
                outputs: ["key": .string("made by \(name)")],
                startedAt: "2026-11-23T18:00:00.000Z", finishedAt: "2026-11-23T18:01:05.000Z",
                seconds: 65, runId: "run-1", tool: "dssbatch test", identity: "one")
            try await session.store.save(
                .success(run, of: name, assetId: session.store.assetId, after: nil))
        }
    }

    /// The text without what differs from one run of the test to the next.
    private func normal(_ text: String) -> String {
        text.replacing(folder.path, with: "[FOLDER]")
            .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, with: "[TIME]")
            .replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "[ID]")
            .replacing(/[0-9a-f]{64}/, with: "[DIGEST]")
    }
}

/// Servers of which a function says what they answer.
struct AnsweringTransport: HTTPTransport {
    let answer: @Sendable (HTTPRequest) throws -> HTTPResponse

    func send(_ request: HTTPRequest, limitBytes: Int) async throws -> HTTPResponse {
        try answer(request)
    }

    func stream(
        _ request: HTTPRequest, onHead: @Sendable (HTTPResponse) async throws -> Void,
        onBody: @Sendable ([UInt8]) async throws -> Void
    ) async throws -> HTTPResponse {
        let response = try answer(request)
        try await onHead(HTTPResponse(status: response.status, headers: response.headers))
        if !response.body.isEmpty { try await onBody(response.body) }
        return HTTPResponse(status: response.status, headers: response.headers)
    }
}
