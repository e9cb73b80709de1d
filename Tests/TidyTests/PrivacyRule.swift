import Foundation

/// Nothing in the repository depends on, or tells of, one person's machine.
struct PrivacyRule {
    /// Package registries: which one is used is each machine's own configuration.
    ///
    /// Put together here, so that this file passes its own rule.
    private static let registries = [
        ["pypi", "org"], ["pythonhosted", "org"], ["deb", "debian", "org"],
        ["security", "debian", "org"], ["registry", "npmjs", "org"], ["crates", "io"],
        ["proxy", "golang", "org"], ["repo1", "maven", "org"], ["rubygems", "org"],
    ].map { $0.joined(separator: ".") }

    /// Accounts inside the machines that the project builds; their homes are nobody's.
    private static let productAccounts: Set<String> = ["ubuntu", "jupyter", "dss", "admin"]

    private static let homes = ["/home/", "/Users/"]

    /// Folders of the machine that runs the test, each long enough to mean just that.
    private let privateFolders: [String]

    /// - Parameter folders: such as the checkout and the home of who runs the test.
    init(folders: [String]) {
        // A folder right below the root, such as the super-user's home, is on every machine.
        privateFolders = folders.filter { $0.split(separator: "/").count > 1 }
    }

    /// Lines that name a registry or somebody's folder.
    func findings(_ text: String) -> [Finding] {
        // Hardly a file has any of it, and a look at the whole is cheaper than at each line.
        let words = Self.registries + privateFolders + Self.homes
        guard words.contains(where: { text.contains($0) }) else { return [] }
        return lines(of: text)
    }

    private func lines(of text: String) -> [Finding] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .flatMap { index, line in
                problems(in: String(line)).map { Finding(line: index + 1, message: $0) }
            }
    }

    private func problems(in line: String) -> [String] {
        var problems = Self.registries.filter { line.contains($0) }.map {
            "names the registry `\($0)`: leave it to the machine's configuration"
        }
        problems += privateFolders.filter { line.contains($0) }.map { "names the folder `\($0)`" }
        guard Self.homes.contains(where: { line.contains($0) }) else { return problems }
        for match in line.matches(of: /\/(home|Users)\/(\w[\w.-]*)/)
        where !Self.productAccounts.contains(String(match.2)) {
            problems.append("names the home of `\(match.2)`")
        }
        return problems
    }
}
