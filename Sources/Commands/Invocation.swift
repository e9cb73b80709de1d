import Diagnostics
import FoundationEssentials
import HTTP

/// One call of the program: what it was started with, and its ways out.
///
/// Made once, at the door; nothing behind it reads the process's arguments or environment.
struct Invocation: Sendable {
    /// With the program's name.
    let arguments: [String]
    var environment: [String: String]
    let console: Console
    let time: any TimeSource
    let processes: any ProcessRunner
    let transport: @Sendable (CurlTransport.Configuration) -> any HTTPTransport

    /// The command line as others see it who wait for its lock.
    var commandLine: String { arguments.joined(separator: " ") }

    /// This process's own.
    static var ofThisProcess: Invocation {
        Invocation(
            arguments: CommandLine.arguments, environment: ProcessInfo.processInfo.environment,
            console: .standard, time: SystemTimeSource(), processes: SubprocessRunner(),
            transport: { CurlTransport($0) })
    }
}
