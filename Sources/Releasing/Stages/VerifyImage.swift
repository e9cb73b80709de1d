import AWS
package import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON
package import QEMU

/// Boots an exported disk in a virtual machine and checks from outside what a user would meet.
package struct VerifyImage: Stage {
    /// What was checked, and how long each took.
    package struct Outputs: Codable, Sendable, Equatable {
        /// One start of the disk.
        package struct Boot: Codable, Sendable, Equatable {
            package let firmware: Firmware
            package let diskBus: VirtualMachine.DiskBus
            package let networkCard: VirtualMachine.NetworkCard
            /// Nil in results of before it was recorded.
            package let acceleration: Acceleration?
            /// From switching on.
            package let loginPromptSeconds: Double
            /// From switching on.
            package let sshSeconds: Double
        }

        package let bucket: String
        package let key: String
        package let etag: String
        package let format: String
        /// The slowest that was used.
        package let acceleration: Acceleration
        package let boots: [Boot]
        package let checks: [PassedCheck]
    }

    let format: ImageFormat
    let manifest: ReleaseManifest
    let services: Services
    /// Absolute folder for the disk, its machines and secrets.
    let temporaryFolder: String

    static let folderPrefix = "dss-v"

    package var name: StageName { StageName(rawValue: "verify-\(format.fileExtension)") }
    package var group: String { "verify" }
    /// One disk at a time: its two machines keep this one busy.
    package var pool: String? { "verify" }
    package var revision: Int { 1 }
    package var upstream: [StageName] { [StageName(rawValue: "export-\(format.fileExtension)")] }
    package var inputs: [StageInput] {
        manifest.versions.map {
            .setting(pointer: "/versions/\($0.key)", value: .string($0.value))
        } + [
            .setting(pointer: "/instance/user", value: .string(manifest.instance.user)),
            .folder(path: MachineChecks.folder),
        ]
    }

    package func preflight(_ context: StageContext) async throws {
        _ = try services.secrets.environment([.login, .jupyter])
        try requireArchitecture()
        let computers = format.computers
        try await services.emulator.preflight([computers.first.firmware, computers.second.firmware])
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        try await LeftoverRemoval(services: services).removeUnfinished(context)
        let image = try context.output(of: ExportVMImage.self)
        return try await WorkFolder(
            parent: temporaryFolder, prefix: Self.folderPrefix, machine: services.access.machine
        ).use(context) { try await verify(image, in: $0, context) }
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }

    package func identity(of outputs: Outputs) -> String {
        "\(outputs.bucket)/\(outputs.key)#\(outputs.etag)"
    }

    private func requireArchitecture() throws {
        guard case .newest(_, let architecture, _) = manifest.ami.base, architecture != "x86_64"
        else { return }
        throw Diagnostic(
            code: "verify.architecture", severity: .configuration,
            summary: "images for `\(architecture)` cannot be verified",
            location: "\(manifest.path)#/ami/base/architecture",
            hint: "set `/export/verify` to false")
    }

    private func verify(
        _ image: ExportVMImage.Outputs, in folder: PrivateFolder, _ context: StageContext
    ) async throws -> Outputs {
        let disk = "\(folder.path)/disk.\(format.fileExtension)"
        let reader = ObjectReader(
            aws: services.aws, region: image.region, bucket: image.bucket, key: image.key,
            etag: image.etag, sizeBytes: image.bytes)
        try await context.localSlots.withSlot {
            try await ObjectDownload(reader: reader, sha256: image.sha256).save(
                to: disk, onPercent: { context.progress(Double($0), "fetching the image") })
        }
        let trial = DiskTrial(
            disk: disk, format: format, manifest: manifest, services: services, folder: folder)
        let result: DiskTrial.Result
        do {
            result = try await context.localSlots.withSlot { try await trial.run(context) }
        } catch {
            let problem = Diagnostic.from(error)
            let verdict =
                AccelerationFallback.isLocal(problem)
                ? "cannot be looked at here" : "does not hold what it promises"
            throw problem.wrapped(in: "image `s3://\(image.bucket)/\(image.key)` \(verdict)")
        }
        return Outputs(
            bucket: image.bucket, key: image.key, etag: image.etag, format: format.rawValue,
            acceleration: Acceleration.slowest(of: result.boots.compactMap(\.acceleration)) ?? .tcg,
            boots: result.boots, checks: result.checks)
    }
}
