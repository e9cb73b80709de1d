package import BuildGraph

extension ReleaseManifest: Workload {
    /// `release`.
    package static var kind: String { "release" }
    /// It has one.
    package static var hasAssetId: Bool { true }
    /// The asset id.
    package var storeName: String { assetId.text }

    /// The pipeline's stages; what the manifest leaves out has none.
    package func stages(services: SandboxServices, options: PipelineOptions) -> [any Stage] {
        if let task = options.machineTask {
            return MachinePipeline.stages(
                for: task, of: self, services: services, options: options)
        }
        if options.isRecordedOnly {
            return ReleasePipeline.recordedStages(of: self, services: services)
        }
        return ReleasePipeline.stages(of: self, services: services, options: options)
    }
}
