package import Diagnostics

/// The passwords of a finished machine, and the one of the registry that its image goes to.
package struct MachineSecrets: Sendable {
    /// A password that the finished machine shall have.
    ///
    /// The raw value is the environment variable that holds it, here as in the playbooks.
    package enum Password: String, CaseIterable, Sendable {
        /// Of the machine's user, who has to change it at the first login.
        case login = "DSS_DEFAULT_PASSWORD"
        case jupyter = "DSS_JUPYTER_PASSWORD"

        /// The environment variable.
        package var variable: String { rawValue }
    }

    private let passwords: [Password: Secret]
    /// Of `/docker/registryUser`; nil to take what the Docker configuration has.
    package let registryPassword: Secret?

    /// Holds what the environment gave; an empty password counts as none.
    package init(_ passwords: [Password: Secret], registryPassword: Secret? = nil) {
        self.passwords = passwords.filter { !$0.value.isEmpty }
        self.registryPassword = registryPassword
    }

    /// The environment variable of the registry's password.
    package static let registryVariable = "DOCKER_REGISTRY_PASSWORD"

    /// A password that was given; nil where none was.
    subscript(_ password: Password) -> Secret? { passwords[password] }

    /// The environment of a playbook that cannot do without some passwords.
    ///
    /// - Throws: `secrets.missing`, of the first that was not given.
    func environment(_ needed: [Password]) throws -> [String: Secret] {
        var environment: [String: Secret] = [:]
        for password in needed {
            guard let secret = passwords[password] else {
                throw Diagnostic(
                    code: "secrets.missing", severity: .configuration,
                    summary: "environment variable `\(password.variable)` is not set",
                    hint: "set it to the password that the finished machine shall have")
            }
            environment[password.variable] = secret
        }
        return environment
    }
}
