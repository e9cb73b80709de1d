package import BuildGraph

/// A release with everything that it is worked on with; what commands ask of one is a function on
/// it, each in a file of its own.
package struct Release: Sendable {
    /// What was read.
    package let manifest: ReleaseManifest
    /// Where its stages are planned and run.
    package let place: Workplace
    /// Where the runs of the developer's machines record.
    let machineStore: any ResultStore
    let services: Services

    /// Puts one together; touches nothing.
    package init(
        manifest: ReleaseManifest, place: Workplace, machineStore: any ResultStore,
        services: Services
    ) {
        self.manifest = manifest
        self.place = place
        self.machineStore = machineStore
        self.services = services
    }
}
