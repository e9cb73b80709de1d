import ArgumentParser
import Releasing

/// The command `dssbatch setup-vm-bucket-waf`: the stage `vm-bucket-waf` of the infrastructure.
struct SetupVMBucketWAFCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "setup-vm-bucket-waf",
        abstract: "Creates or updates the firewall in front of the VM images, in us-east-1.",
        discussion: """
            The same as `dssbatch run manifests/infrastructure.json --only vm-bucket-waf`. Whoever \
            downloads in a browser solves a CAPTCHA; addresses in the allowed blocks need none.

            --allowed-cidr takes the place of both lists in the manifest, for this run only: a \
            later run without it goes by the manifest again and takes the blocks away. Blocks \
            that shall stay belong into /stacks/vm-bucket-waf/parameters of the manifest. Examples:
              dssbatch setup-vm-bucket-waf
              dssbatch setup-vm-bucket-waf --allowed-cidr 203.0.113.0/24
              dssbatch setup-vm-bucket-waf --allowed-cidr 192.0.2.7/32 --allowed-cidr 2001:db8::/32
            """)

    @Option(
        name: .customLong("allowed-cidr"),
        help: ArgumentHelp(
            "Addresses that need no CAPTCHA, IPv4 or IPv6 (repeatable); for this run only.",
            valueName: "cidr"))
    var allowedCidrs: [String] = []

    @OptionGroup var infrastructure: InfrastructureOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let settings =
            allowedCidrs.isEmpty ? [] : try AllowedAddresses(allowedCidrs).settings
        return try await infrastructure.run(
            AllowedAddresses.stage, running, global, call, settings: settings)
    }
}
