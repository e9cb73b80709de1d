/// How a manifest's stages are laid out: what a command makes of a release.
package enum PipelineLayout: Sendable {
    /// The release itself.
    case release(ReleaseLayout)
    /// Something to do with one machine instead.
    case machine(MachineTask)
    /// The recorded documents of a release alone: nothing is asked of AWS, not even to remove what
    /// interrupted runs left there.
    case recordedDocuments

    /// The folder below the release's results where such runs record; nil for the results
    /// themselves.
    package var subfolder: String? {
        switch self {
        case .release, .recordedDocuments: nil
        case .machine: MachinePipeline.folder
        }
    }

    /// Whether what interrupted runs left is looked after first.
    package var recovers: Bool {
        switch self {
        case .release, .machine: true
        case .recordedDocuments: false
        }
    }

    /// Whether its results have to be of the realm that is worked in.
    package var needsCloud: Bool {
        switch self {
        case .release: true
        case .machine(let task): !task.isOfGivenHost
        case .recordedDocuments: false
        }
    }

    /// With what only a session knows, where the layout asks for it.
    ///
    /// - Parameters:
    ///   - isLocal: whether it is made on the local cloud.
    ///   - adoptCommand: as `ReleaseLayout.adoptCommand`.
    package func completed(isLocal: Bool, adoptCommand: ReleaseCommandLine) -> Self {
        switch self {
        case .release(let layout):
            .release(layout.completed(isLocal: isLocal, adoptCommand: adoptCommand))
        case .machine, .recordedDocuments: self
        }
    }
}

/// What the command line says about a release besides its manifest.
package struct ReleaseLayout: Sendable {
    /// What the machine lets in; nil for a fresh key pair.
    package var existingKey: ExistingKeyPair?
    /// Leaves the container that the Docker image is made of.
    package var keepsContainer: Bool
    /// Whether a machine that was kept after a failure is not gone on with.
    package var startsFreshMachine: Bool
    /// Whether images are booted where the manifest leaves that open.
    package var verifiesByDefault = false
    /// How what is there of the same release is adopted; nil to offer no adoption.
    package var adoptCommand: ReleaseCommandLine?

    /// Says what a command's own options say; nothing for one that has none.
    package init(
        existingKey: ExistingKeyPair? = nil, keepsContainer: Bool = false,
        startsFreshMachine: Bool = false
    ) {
        self.existingKey = existingKey
        self.startsFreshMachine = startsFreshMachine
        self.keepsContainer = keepsContainer
    }

    /// As `PipelineLayout.completed(isLocal:adoptCommand:)`.
    package func completed(isLocal: Bool, adoptCommand: ReleaseCommandLine) -> Self {
        var layout = self
        layout.verifiesByDefault = isLocal
        layout.adoptCommand = adoptCommand
        return layout
    }
}
