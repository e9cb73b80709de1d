package import AWS
package import Diagnostics
package import QEMU

/// Everything outside this process that the stages use; a test replaces any of it.
package struct SandboxServices: Sendable {
    package let aws: any AWSCaller
    /// Runs playbooks.
    package let provisioner: any Provisioner
    /// Makes key pairs and waits for machines.
    package let access: any MachineAccess
    /// Finds the address under which this machine reaches AWS.
    package let callerAddress: any CallerAddress
    /// Starts virtual machines from exported disks.
    package let emulator: any MachineEmulator
    package let secrets: MachineSecrets
    package let time: any TimeSource

    /// Collects the services.
    package init(
        aws: any AWSCaller, provisioner: any Provisioner, access: any MachineAccess,
        callerAddress: any CallerAddress, emulator: any MachineEmulator,
        secrets: MachineSecrets,
        time: any TimeSource = SystemTimeSource()
    ) {
        self.aws = aws
        self.provisioner = provisioner
        self.access = access
        self.callerAddress = callerAddress
        self.emulator = emulator
        self.secrets = secrets
        self.time = time
    }
}

/// Finds the caller's address as AWS sees it, for `"ingressCidr": "auto"`.
package protocol CallerAddress: Sendable {
    /// - Returns: one address, `203.0.113.7` or `2001:db8::7`.
    /// - Throws: `instance.no-caller-address`, whose hint names `/instance/ingressCidr`.
    func current() async throws -> String
}

/// The passwords of a finished machine.
package struct MachineSecrets: Sendable {
    package let defaultPassword: Secret?
    package let jupyterPassword: Secret?

    /// Holds what the environment gave.
    package init(defaultPassword: Secret?, jupyterPassword: Secret?) {
        self.defaultPassword = defaultPassword
        self.jupyterPassword = jupyterPassword
    }

    /// The environment variable of the default password.
    package static let defaultVariable = "DSS_DEFAULT_PASSWORD"
    /// The environment variable of Jupyter's password.
    package static let jupyterVariable = "DSS_JUPYTER_PASSWORD"

    /// A password that a stage cannot do without.
    ///
    /// - Throws: `secrets.missing`.
    func required(_ password: KeyPath<MachineSecrets, Secret?>) throws -> Secret {
        let variable =
            password == \.defaultPassword ? Self.defaultVariable : Self.jupyterVariable
        guard let secret = self[keyPath: password], !secret.isEmpty else {
            throw Diagnostic(
                code: "secrets.missing", severity: .configuration,
                summary: "environment variable `\(variable)` is not set",
                hint: "set it to the password that the finished machine shall have")
        }
        return secret
    }
}
