import BuildGraph
import Diagnostics

/// The stages of a release that a developer asks for by themselves, on one machine.
package enum MachinePipeline {
    /// The folder below a release's results where such runs record theirs: a machine that a
    /// developer works with must not keep the release's results locked.
    package static let folder = "machine"

    /// The stages of a task, top to bottom in the order of data.
    ///
    /// - Parameter folder: where the files of a machine go that lasts; asked of no other.
    /// - Throws: what `folder` throws.
    static func stages(
        for task: MachineTask, of manifest: ReleaseManifest, services: Services,
        folder: () throws -> String
    ) throws -> [any Stage] {
        func given(_ hostName: String, _ privateKeyPath: String) -> ReachMachine {
            reach(
                .given(
                    GivenHost(
                        host: hostName, port: manifest.instance.sshPort,
                        user: manifest.instance.user, privateKeyPath: privateKeyPath)))
        }
        func reach(_ target: ReachMachine.Target) -> ReachMachine {
            ReachMachine(target: target, services: services, keyFolder: SystemFolder.temporary)
        }
        switch task {
        case .setUp(let installs, let lasts, let existingKey, let hold):
            let folder = lasts ? try folder() : nil
            let machine: [any Stage] = [
                SourceAMI(base: manifest.ami.base, region: manifest.region, aws: services.aws),
                LaunchInstance(
                    manifest: manifest, services: services, existingKey: existingKey,
                    lastingFolder: folder),
            ]
            let install = Install(manifest: manifest, services: services)
            return machine + (lasts ? [reach(.launched)] : []) + (installs ? [install] : []) + [
                HoldMachine(
                    hold: hold, access: services.access, lastingFolder: folder,
                    upstream: (lasts ? ["machine"] : []) + ["instance"]
                        + (installs ? ["install"] : []))
            ]
        case .install(let hostName, let key):
            return [given(hostName, key), Install(manifest: manifest, services: services)]
        case .resetPassword(let hostName, let key):
            return [
                given(hostName, key),
                ResetPassword(manifest: manifest, services: services, after: []),
            ]
        case .image(let reference):
            return [
                FindInstance(reference: reference, region: manifest.region, aws: services.aws),
                CreateAMI(
                    namePrefix: manifest.ami.namePrefix, assetId: manifest.assetId,
                    region: manifest.region, aws: services.aws, after: [],
                    plainPurposes: manifest.plainPurposes(in: manifest.region),
                    ownTags: manifest.tags),
            ]
        }
    }
}

extension LaunchInstance {
    /// The machine of a manifest.
    ///
    /// - Parameters:
    ///   - existingKey: what it lets in; nil for a fresh key pair.
    ///   - lastingFolder: where its files go when it outlives the run.
    ///   - plainPurposes: what its image is for that EC2 refuses for an encrypted one.
    ///   - publicRegions: where its images are to be public.
    ///   - startsFresh: whether one that was kept after a failure is not gone on with.
    init(
        manifest: ReleaseManifest, services: Services, existingKey: ExistingKeyPair?,
        lastingFolder: String? = nil, plainPurposes: [String] = [], publicRegions: [String] = [],
        startsFresh: Bool = false
    ) {
        self.init(
            settings: manifest.instance, assetId: manifest.assetId, region: manifest.region,
            project: manifest.project, services: services, keyFolder: SystemFolder.temporary,
            existingKey: existingKey, lastingFolder: lastingFolder, startsFresh: startsFresh,
            plainPurposes: plainPurposes, publicRegions: publicRegions, ownTags: manifest.tags)
    }
}
