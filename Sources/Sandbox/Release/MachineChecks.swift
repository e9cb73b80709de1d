/// The playbooks that look at what was made and change nothing.
///
/// They lie apart from those that install, so that another check makes no image stale.
enum MachineChecks {
    static let folder = "checks"
    /// Seen from within: a machine before its image is made, or a container.
    static let machinePlaybook = "checks/machine.yml"
    /// Seen from outside: an exported disk that has booted.
    static let diskPlaybook = "checks/disk.yml"
}
