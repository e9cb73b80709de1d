package import BuildGraph
import Diagnostics

/// The stages of a release, top to bottom in the order of data.
package enum ReleasePipeline {
    /// Every stage that the manifest asks for; what it leaves out has no stage.
    ///
    /// - Parameter layout: what the command line says about it.
    package static func stages(
        of manifest: ReleaseManifest, services: Services, layout: ReleaseLayout
    ) -> [any Stage] {
        let copies = copies(of: manifest, services: services, layout)
        let exports = (manifest.export?.formats ?? []).sorted().compactMap { format in
            manifest.export.map { settings in
                ExportVMImage(
                    format: format, settings: settings, assetId: manifest.assetId,
                    region: manifest.region, services: services, ownTags: manifest.tags,
                    isRequested: manifest.requestedFormats.contains(format),
                    adoptCommand: layout.adoptCommand, volumeGiB: manifest.instance.volumeGiB)
            }
        }
        var stages: [any Stage] = [
            SourceAMI(base: manifest.ami.base, region: manifest.region, aws: services.aws)
        ]
        stages += machineStages(of: manifest, services: services, layout)
        stages += copies
        if let days = manifest.ami.deprecateAfterDays {
            stages.append(
                DeprecateAMI(
                    days: days, region: manifest.region, copies: copies.map(\.name),
                    aws: services.aws))
        }
        let verifications = verifications(
            of: exports, manifest: manifest, services: services, layout)
        let uploads = uploads(of: manifest, services: services, exports: exports.map(\.name))
        stages += exports
        stages += uploads
        stages += verifications
        stages.append(
            PublishAMI(
                isPublic: manifest.ami.isPublic, region: manifest.region,
                copies: copies.map(\.name), verifications: verifications.map(\.name),
                aws: services.aws))
        let docker = dockerStages(
            of: manifest, services: services, layout)
        stages += docker
        stages.append(
            ReleaseNotes(
                manifest: manifest,
                optional: copies.map(\.name) + exports.map(\.name) + uploads.map(\.name)
                    + verifications.map(\.name) + docker.map(\.name)))
        let published = publication(of: manifest, services: services)
        let retire = Retire(
            manifest: manifest, after: ["release-notes"] + published.map(\.name),
            services: services)
        return stages + published + [retire]
    }

    /// The machine, what is done on it, and its image.
    private static func machineStages(
        of manifest: ReleaseManifest, services: Services, _ layout: ReleaseLayout
    ) -> [any Stage] {
        [
            LaunchInstance(
                manifest: manifest, services: services, existingKey: layout.existingKey,
                plainPurposes: manifest.plainPurposes(in: manifest.region),
                publicRegions: manifest.ami.isPublic ? manifest.regions : [],
                startsFresh: layout.startsFreshMachine),
            Install(manifest: manifest, services: services),
            CheckMachine(manifest: manifest, services: services),
            ResetPassword(manifest: manifest, services: services),
            CreateAMI(
                namePrefix: manifest.ami.namePrefix, assetId: manifest.assetId,
                region: manifest.region, aws: services.aws,
                plainPurposes: manifest.plainPurposes(in: manifest.region),
                ownTags: manifest.tags, adoptCommand: layout.adoptCommand),
        ]
    }

    private static func copies(
        of manifest: ReleaseManifest, services: Services, _ layout: ReleaseLayout
    ) -> [CopyAMI] {
        manifest.regions.dropFirst().map { region in
            CopyAMI(
                namePrefix: manifest.ami.namePrefix, assetId: manifest.assetId,
                sourceRegion: manifest.region, region: region, aws: services.aws,
                plainPurposes: manifest.plainPurposes(in: region), ownTags: manifest.tags,
                adoptCommand: layout.adoptCommand,
                pricedGiB: services.isPriced ? manifest.instance.volumeGiB : nil)
        }
    }

    /// The stages of a release whose documents are all that is to be published.
    package static func recordedStages(
        of manifest: ReleaseManifest, services: Services
    ) -> [any Stage] {
        [RecordedNotes()] + publication(of: manifest, services: services)
    }

    private static func publication(
        of manifest: ReleaseManifest, services: Services
    ) -> [any Stage] {
        guard let settings = manifest.release, let id = settings.id else { return [] }
        return [PublishRelease(settings: settings, releaseId: id, services: services)]
    }

    private static func verifications(
        of exports: [ExportVMImage], manifest: ReleaseManifest, services: Services,
        _ layout: ReleaseLayout
    ) -> [VerifyImage] {
        guard manifest.export?.verify ?? layout.verifiesByDefault else { return [] }
        return exports.map { export in
            VerifyImage(
                format: export.format, manifest: manifest, services: services,
                temporaryFolder: SystemFolder.temporary)
        }
    }

    private static func dockerStages(
        of manifest: ReleaseManifest, services: Services, _ layout: ReleaseLayout
    ) -> [any Stage] {
        guard let docker = manifest.docker else { return [] }
        var stages: [any Stage] = [
            BuildDockerImage(
                docker: docker, manifest: manifest, services: services,
                temporaryFolder: SystemFolder.temporary, keepsContainer: layout.keepsContainer)
        ]
        if docker.publish { stages.append(PushDockerImage(docker: docker, services: services)) }
        return stages
    }

    private static func uploads(
        of manifest: ReleaseManifest, services: Services, exports: [StageName]
    ) -> [UploadInventory] {
        guard let settings = manifest.export, !settings.formats.isEmpty else { return [] }
        let sources: [UploadInventory.Source] =
            manifest.docker == nil ? [.ami] : [.ami, .dockerImage]
        return sources.map { source in
            let pushes: [StageName] = manifest.docker?.publish == true ? ["docker-push"] : []
            return UploadInventory(
                source: source, follows: source == .ami ? exports : pushes, settings: settings,
                assetId: manifest.assetId,
                region: manifest.region, services: services, ownTags: manifest.tags)
        }
    }
}
