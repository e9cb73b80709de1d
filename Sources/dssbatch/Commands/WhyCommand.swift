import ArgumentParser

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "why")
}
