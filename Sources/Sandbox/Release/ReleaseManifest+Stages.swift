package import BuildGraph

extension ReleaseManifest {
    /// Where it belongs.
    package var place: ManifestPlace {
        ManifestPlace(
            path: path, project: project, region: region, account: account, results: results)
    }

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
