package import BuildGraph

extension ReleaseManifest {
    /// Where it belongs.
    package var place: ManifestPlace {
        ManifestPlace(
            path: path, project: project, region: region, account: account, results: results)
    }

    /// The pipeline's stages; what the manifest leaves out has none.
    ///
    /// - Parameter folder: the absolute folder of the results, of which only a machine that lasts
    ///   asks: its files have to stay on this machine.
    /// - Throws: what `folder` throws.
    package func stages(
        services: Services, layout: PipelineLayout, folder: () throws -> String
    ) throws -> [any Stage] {
        switch layout {
        case .release(let layout):
            ReleasePipeline.stages(of: self, services: services, layout: layout)
        case .machine(let task):
            try MachinePipeline.stages(for: task, of: self, services: services, folder: folder)
        case .recordedDocuments:
            ReleasePipeline.recordedStages(of: self, services: services)
        }
    }
}
