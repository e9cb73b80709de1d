package import BuildGraph
import Diagnostics

/// The stages of a release, top to bottom in the order of data.
package enum ReleasePipeline {
    /// Every stage that the manifest asks for; what it leaves out has no stage.
    ///
    /// - Parameter keyFolder: absolute folder for the private key while the machine lives.
    package static func stages(
        of manifest: ReleaseManifest, services: SandboxServices, keyFolder: String
    ) -> [any Stage] {
        let copies = manifest.ami.copyToRegions.filter { $0 != manifest.region }
            .map { region in
                CopyAMI(
                    assetId: manifest.assetId, sourceRegion: manifest.region, region: region,
                    aws: services.aws)
            }
        let exports = (manifest.export?.formats ?? []).sorted().compactMap { format in
            manifest.export.map { settings in
                ExportVMImage(
                    format: format, settings: settings, assetId: manifest.assetId,
                    region: manifest.region, services: services)
            }
        }
        var stages: [any Stage] = [
            SourceAMI(base: manifest.ami.base, region: manifest.region, aws: services.aws),
            LaunchInstance(
                settings: manifest.instance, assetId: manifest.assetId, region: manifest.region,
                project: manifest.project, services: services, keyFolder: keyFolder),
            Install(manifest: manifest, services: services),
            ResetPassword(manifest: manifest, services: services),
            CreateAMI(
                namePrefix: manifest.ami.namePrefix, assetId: manifest.assetId,
                region: manifest.region, aws: services.aws),
        ]
        stages += copies
        if let days = manifest.ami.deprecateAfterDays {
            stages.append(
                DeprecateAMI(
                    days: days, region: manifest.region, copies: copies.map(\.name),
                    aws: services.aws))
        }
        stages.append(
            PublishAMI(
                isPublic: manifest.ami.isPublic, region: manifest.region,
                copies: copies.map(\.name), aws: services.aws))
        stages += exports
        stages.append(
            ReleaseNotes(
                manifest: manifest, copies: copies.map(\.name), exports: exports.map(\.name)))
        return stages
    }
}
