package import BuildGraph

/// The stages of a release that a developer asks for by themselves, on one machine.
package enum MachinePipeline {
    /// The folder below a release's results where such runs record theirs: a machine that a
    /// developer works with must not keep the release's results locked.
    package static let folder = "machine"

    /// The stages of a task, top to bottom in the order of data.
    ///
    /// - Parameters:
    ///   - keyFolder: absolute folder for private keys while machines live.
    ///   - existingKey: what new machines let in; nil for a fresh pair.
    package static func stages(
        for task: MachineTask, of manifest: ReleaseManifest, services: SandboxServices,
        keyFolder: String, existingKey: ExistingKeyPair? = nil
    ) -> [any Stage] {
        let install = Install(manifest: manifest, services: services)
        func reach(_ target: ReachMachine.Target) -> ReachMachine {
            ReachMachine(target: target, services: services, keyFolder: keyFolder)
        }
        func launch(lastingFolder: String?) -> [any Stage] {
            var launch = LaunchInstance(
                settings: manifest.instance, assetId: manifest.assetId, region: manifest.region,
                project: manifest.project, services: services, keyFolder: keyFolder)
            launch.existingKey = existingKey
            launch.lastingFolder = lastingFolder
            return [
                SourceAMI(base: manifest.ami.base, region: manifest.region, aws: services.aws),
                launch,
            ]
        }
        func hold(_ hold: any MachineHold, installs: Bool, lastingFolder: String?) -> HoldMachine {
            let machines: [StageName] = lastingFolder == nil ? [] : ["machine"]
            return HoldMachine(
                hold: hold, access: services.access, lastingFolder: lastingFolder,
                upstream: machines + ["instance"] + (installs ? ["install"] : []))
        }
        switch task {
        case .setUp(let installs, let person):
            return launch(lastingFolder: nil) + (installs ? [install] : [])
                + [hold(person, installs: installs, lastingFolder: nil)]
        case .setUpToLast(let installs, let person, let folder):
            return launch(lastingFolder: folder) + [reach(.launched)]
                + (installs ? [install] : [])
                + [hold(person, installs: installs, lastingFolder: folder)]
        case .install(let host): return [reach(.given(host)), install]
        case .resetPassword(let host):
            return [
                reach(.given(host)),
                ResetPassword(manifest: manifest, services: services, after: []),
            ]
        case .image(let reference):
            return [
                FindInstance(reference: reference, region: manifest.region, aws: services.aws),
                CreateAMI(
                    namePrefix: manifest.ami.namePrefix, assetId: manifest.assetId,
                    region: manifest.region, aws: services.aws, after: []),
            ]
        }
    }
}
