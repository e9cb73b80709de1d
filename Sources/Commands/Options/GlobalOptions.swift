import ArgumentParser

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
    /// How much is said on standard error.
    enum LogLevel: String, ExpressibleByArgument, CaseIterable {
        case error, normal, info, debug
    }

    @Option(help: ArgumentHelp("Profile of the AWS configuration files.", valueName: "name"))
    var awsProfile: String?

    @Option(help: ArgumentHelp("AWS region; replaces the manifest's.", valueName: "name"))
    var region: String?

    @Option(help: ArgumentHelp("Endpoint for every AWS service.", valueName: "url"))
    var endpointUrl: String?

    @Option(help: ArgumentHelp("What to say: error, normal, info or debug.", valueName: "level"))
    var logLevel: LogLevel = .normal

    @Flag(help: "Print one JSON event a line to standard output.")
    var json = false

    @Flag(name: .customLong("no-color"), help: "No colours.")
    var noColor = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false
}
