import AWS
import Diagnostics
import Releasing
import TestSupport

/// A machine as a test tells it: no programs, no credentials, no variables where none are given.
struct FakeWorkstation: Workstation {
    var variables: [String: String] = [:]
    var held: AWSCredentials?
    var free: Int64 = 100 << 30
    var executables: Set<String> = []
    var processes: any ProcessRunner = ScriptedProcessRunner { command in
        throw Diagnostic(
            code: "process.not-found", severity: .configuration,
            summary: "cannot find the program `\(command.executable)`")
    }

    func environment() -> [String: String] { variables }

    func credentials() throws -> AWSCredentials {
        guard let held else {
            throw Diagnostic(
                code: "aws.no-credentials", severity: .configuration,
                summary: "there are no AWS credentials", hint: "run `aws configure`")
        }
        return held
    }

    func isExecutable(_ path: String) -> Bool { executables.contains(path) }
    func freeBytes(in folder: String) -> Int64 { free }
}
