import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc
import JSON

/// The inventory and the SBOM of an image, as files beside the results.
package struct InventoryDocuments: Codable, Sendable, Equatable {
    /// One file.
    package struct Document: Codable, Sendable, Equatable {
        /// Its name in the results' folder.
        package let file: String
        /// `sha256:` and 64 hexadecimal digits.
        package let sha256: String
        package let bytes: Int64
    }

    /// Schema `dssbatch.inventory/1`.
    package let inventory: Document
    /// CycloneDX 1.6, JSON.
    package let sbom: Document
    /// Packages of all kinds.
    package let packages: Int

    /// The names of a stage's two files.
    static func names(of stage: StageName) -> (inventory: String, sbom: String) {
        ("\(stage).inventory.json", "\(stage).cdx.json")
    }

    /// What a stage's recorded outputs say of its two files: name to digest.
    static func digests(in outputs: JSONValue) -> [String: String] {
        var digests: [String: String] = [:]
        for kind in ["inventory", "sbom"] {
            if let document = outputs["documents"]?[kind],
                let file = document["file"]?.stringValue,
                let digest = document["sha256"]?.stringValue
            {
                digests[file] = digest
            }
        }
        return digests
    }

    /// Makes both files of the inventory that a playbook stored.
    ///
    /// - Parameters:
    ///   - path: the stored inventory.
    ///   - stage: whose outputs they describe.
    ///   - subject: what the SBOM is of.
    /// - Throws: `inventory.invalid`, `file.*`, `results.*`.
    static func record(
        _ path: String, of stage: StageName, subject: SoftwareBill.Subject, _ context: StageContext
    ) async throws -> InventoryDocuments {
        let names = names(of: stage)
        let bytes = try FileContents.read(path)
        let inventory = try Inventory(bytes, source: path)
        let bill = SoftwareBill(
            inventory: inventory, subject: subject, serial: UUID(), createdAt: context.time.now())
        return InventoryDocuments(
            inventory: try await write(bytes, to: names.inventory, context),
            sbom: try await write(Array(bill.json.prettyText.utf8), to: names.sbom, context),
            packages: inventory.packageCount)
    }

    /// The documents of a release's image, where they lie beside the results just as the release's
    /// document tells of that image.
    ///
    /// So an image that is recorded again is what it was for the stages behind it.
    ///
    /// - Returns: nil too where one of them is spoiled: the image is there without it.
    /// - Throws: `results.*`.
    static func told(
        of image: String, in region: String, _ context: StageContext
    ) async throws -> InventoryDocuments? {
        let results = context.results
        guard let bytes = try await results.readFile(ReleaseNotes.documentName) else { return nil }
        guard let document = try? JSONValue.parse(bytes, source: ReleaseNotes.documentName),
            document["ami"]?["regions"]?[region]?.stringValue == image
        else { return nil }
        let names = names(of: "ami")
        guard let inventory = try await results.readFile(names.inventory),
            let sbom = try await results.readFile(names.sbom),
            let packages = try? Inventory(inventory, source: names.inventory).packageCount
        else { return nil }
        let found = InventoryDocuments(
            inventory: Document(names.inventory, inventory), sbom: Document(names.sbom, sbom),
            packages: packages)
        func isTold(_ kind: String, _ file: Document) -> Bool {
            document["inventory"]?[kind]?["sha256"]?.stringValue.map { "sha256:\($0)" }
                == file.sha256
        }
        return isTold("inventory", found.inventory) && isTold("sbom", found.sbom) ? found : nil
    }

    private static func write(
        _ bytes: [UInt8], to file: String, _ context: StageContext
    ) async throws -> Document {
        try await context.results.writeFile(file, bytes)
        return Document(file, bytes)
    }
}

extension InventoryDocuments.Document {
    /// Describes a file by its contents.
    fileprivate init(_ file: String, _ bytes: [UInt8]) {
        self.init(file: file, sha256: Digest.of(bytes), bytes: Int64(bytes.count))
    }

    /// The file's contents.
    ///
    /// - Throws: `inventory.missing` where it is gone or another by now.
    func read(_ context: StageContext) async throws -> [UInt8] {
        guard let bytes = try await context.results.readFile(file), Digest.of(bytes) == sha256
        else {
            throw Diagnostic(
                code: "inventory.missing",
                summary: "`\(file)` in `\(context.results.location)` is gone or was changed",
                hint: "where it was uploaded, `--only export-inventory` or "
                    + "`--only docker-inventory` fetches it; else put it back, or make the image "
                    + "again with `--force`")
        }
        return bytes
    }
}
