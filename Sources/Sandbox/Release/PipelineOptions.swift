import Diagnostics

/// What the command line says about how a manifest's stages are laid out.
package struct PipelineOptions: Sendable {
    /// Absolute folder, without a slash at its end, for private keys and disks while machines
    /// live.
    package var temporaryFolder = SystemFolder.temporary
    /// Whether images are booted where the manifest leaves that open.
    package var verifiesByDefault = false
    /// Leaves the container that the Docker image is made of.
    package var keepsContainer = false

    /// What new machines let in; nil for a fresh key pair each.
    package var existingKey: ExistingKeyPair?
    /// Something to do with one machine instead of a release; nil for the release.
    package var machineTask: MachineTask?
    /// Works with the recorded documents of a release alone: nothing is asked of AWS, not even to
    /// remove what interrupted runs left there.
    package var isRecordedOnly = false
    /// How what is there of the same release is adopted; nil to offer no adoption.
    package var adoptCommand: AdoptCommandLine?
    /// Absolute folder of the results.
    package var resultsFolder = ""

    /// The options of a command that changes nothing.
    package init() {}

    /// The options of something that is done with one machine.
    package init(for task: MachineTask, existingKey: ExistingKeyPair? = nil) {
        machineTask = task
        self.existingKey = existingKey
    }
}
