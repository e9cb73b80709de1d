package import AWS
package import BuildGraph
package import Diagnostics
package import DockerEngine
package import GitHub
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
    /// Makes, proves and pushes Docker images.
    package let engine: any ContainerEngine
    /// Finds what to show a Docker registry.
    package let registryLogin: RegistryLogin
    /// Where releases are published.
    package let releases: any ReleaseHost
    package let secrets: MachineSecrets
    /// The machine that this program runs on.
    package let workstation: any Workstation
    package let time: any TimeSource
    /// The export tasks of all releases of this process.
    package let exportSlots = ExportSlots()
    /// One release of this process at a time decides where the Docker tag `latest` goes.
    package let newestTagTurn = SlotPool(slots: 1)
    /// Knows whose results are worked with; nil to compare nothing.
    package let realms: (any RealmSource)?

    /// Collects the services.
    package init(
        aws: any AWSCaller, provisioner: any Provisioner, access: any MachineAccess,
        callerAddress: any CallerAddress, emulator: any MachineEmulator,
        engine: any ContainerEngine, registryLogin: RegistryLogin,
        releases: any ReleaseHost, secrets: MachineSecrets,
        workstation: any Workstation, time: any TimeSource = SystemTimeSource(),
        realms: (any RealmSource)? = nil
    ) {
        self.aws = aws
        self.provisioner = provisioner
        self.access = access
        self.callerAddress = callerAddress
        self.emulator = emulator
        self.engine = engine
        self.registryLogin = registryLogin
        self.releases = releases
        self.secrets = secrets
        self.workstation = workstation
        self.time = time
        self.realms = realms
    }
}

/// Finds the caller's address as AWS sees it, for `"ingressCidr": "auto"`.
package protocol CallerAddress: Sendable {
    /// - Returns: one address, `203.0.113.7` or `2001:db8::7`.
    /// - Throws: `instance.no-caller-address`, whose hint names `/instance/ingressCidr`.
    func current() async throws -> String
}

/// The passwords of a finished machine, and the one of the registry that its image goes to.
package struct MachineSecrets: Sendable {
    package let defaultPassword: Secret?
    package let jupyterPassword: Secret?
    /// Of `/docker/registryUser`; nil to take what the Docker configuration has.
    package let registryPassword: Secret?

    /// Holds what the environment gave.
    package init(
        defaultPassword: Secret?, jupyterPassword: Secret?, registryPassword: Secret? = nil
    ) {
        self.defaultPassword = defaultPassword
        self.jupyterPassword = jupyterPassword
        self.registryPassword = registryPassword
    }

    /// The environment variable of the default password.
    package static let defaultVariable = "DSS_DEFAULT_PASSWORD"
    /// The environment variable of Jupyter's password.
    package static let jupyterVariable = "DSS_JUPYTER_PASSWORD"
    /// The environment variable of the registry's password.
    package static let registryVariable = "DOCKER_REGISTRY_PASSWORD"

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
