import Diagnostics

/// Where `ansible-runner` is.
package enum AnsibleRunnerLocation {
    /// Finds the executable: `DSS_ANSIBLE_RUNNER`, the project's virtual environment, the PATH.
    ///
    /// - Parameters:
    ///   - environment: this process's environment.
    ///   - projectFolder: the folder whose `.venv` `bin/setup` makes.
    ///   - isExecutable: whether there is an executable file at a path.
    /// - Returns: its path.
    /// - Throws: `ansible.runner-missing`, severity `.configuration`.
    package static func find(
        environment: [String: String], projectFolder: String, isExecutable: (String) -> Bool
    ) throws -> String {
        if let chosen = environment["DSS_ANSIBLE_RUNNER"], !chosen.isEmpty {
            guard isExecutable(chosen) else {
                throw missing(
                    "`DSS_ANSIBLE_RUNNER` names `\(chosen)`, which is no executable file")
            }
            return chosen
        }
        let folders =
            ["\(projectFolder)/.venv/bin"]
            + (environment["PATH"] ?? "").split(separator: ":").map { String($0) }
        let candidates = folders.map { "\($0)/ansible-runner" }
        if let found = candidates.first(where: isExecutable) { return found }
        throw missing("it is neither in `\(projectFolder)/.venv/bin` nor on the `PATH`")
    }

    static func missing(_ cause: String) -> Diagnostic {
        Diagnostic(
            code: "ansible.runner-missing", severity: .configuration,
            summary: "cannot find `ansible-runner`", causes: [cause],
            hint: "run `bin/setup`, or name the executable in `DSS_ANSIBLE_RUNNER`")
    }
}
