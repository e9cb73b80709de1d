import ArgumentParser

struct AdoptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "adopt")
}
