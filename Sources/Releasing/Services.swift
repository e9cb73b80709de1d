package import AWS
package import BuildGraph
package import Diagnostics
package import DockerEngine
package import GitHub
package import QEMU

/// Everything outside this process that the stages use; a test replaces any of it.
package struct Services: Sendable {
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
    /// Whether what is made costs something: not on the local cloud.
    package let isPriced: Bool

    /// Collects the services.
    package init(
        aws: any AWSCaller, provisioner: any Provisioner, access: any MachineAccess,
        callerAddress: any CallerAddress, emulator: any MachineEmulator,
        engine: any ContainerEngine, registryLogin: RegistryLogin,
        releases: any ReleaseHost, secrets: MachineSecrets,
        workstation: any Workstation, time: any TimeSource = SystemTimeSource(),
        realms: (any RealmSource)? = nil, isPriced: Bool = true
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
        self.isPriced = isPriced
    }
}

/// Finds the caller's address as AWS sees it, for `"ingressCidr": "auto"`.
package protocol CallerAddress: Sendable {
    /// - Returns: one address, `203.0.113.7` or `2001:db8::7`.
    /// - Throws: `instance.no-caller-address`, whose hint names `/instance/ingressCidr`.
    func current() async throws -> String
}
