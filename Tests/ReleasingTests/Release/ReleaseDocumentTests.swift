import Diagnostics
import Foundation
import JSON
import OrderedCollections
import QEMU
import TestSupport
import Testing

@testable import Releasing

@Suite struct ReleaseDocumentTests {
    private func document(
        exports: [ExportVMImage.Outputs], verifications: [VerifyImage.Outputs] = [],
        documents: UploadInventory.Outputs? = nil, docker: DockerRelease? = nil
    ) -> ReleaseDocument {
        ReleaseDocument(
            assetId: "3.4.0", region: "eu-central-1",
            versions: ["sandbox": "3.4.0", "poetry": "1.8.5", "jupyterlab": "4.2.5"],
            source: .init(
                imageId: "ami-00000000000000001", name: "ubuntu/jammy-20260101",
                creationDate: "2026-01-01T00:00:00.000Z", rootDeviceName: "/dev/sda1"),
            images: [
                "us-east-1": "ami-00000000000000003", "eu-central-1": "ami-00000000000000002",
            ],
            isPublic: true, name: "Exasol-Data-Science-Sandbox-3.4.0", exports: exports,
            verifications: verifications, documents: documents, docker: docker,
            timings: ["ami": 431.5, "export-vhd": 1804, "source-ami": 0.25],
            startedAt: Date(timeIntervalSince1970: 1_794_996_000.5),
            createdAt: Date(timeIntervalSince1970: 1_795_000_000))
    }

    private let exports = [
        ExportVMImage.Outputs(
            bucket: "images", key: "dss/3.4.0/x.vhd", bytes: 107_374_182_400, etag: "\"e-1\"",
            sha256: String(repeating: "ab", count: 32), crc64nvme: nil,
            url: "https://d1.cloudfront.net/dss/3.4.0/x.vhd", format: "VHD",
            region: "eu-central-1"),
        ExportVMImage.Outputs(
            bucket: "images", key: "dss/3.4.0/x.vmdk", bytes: 1023, etag: "\"e-2\"", sha256: nil,
            crc64nvme: "AAAAAAAAAAA=", url: "https://d1.cloudfront.net/dss/3.4.0/x.vmdk",
            format: "VMDK", region: "eu-central-1"),
    ]

    private let verification = VerifyImage.Outputs(
        bucket: "images", key: "dss/3.4.0/x.vmdk", etag: "\"e-2\"", format: "VMDK",
        acceleration: .tcg,
        boots: [
            .init(
                firmware: .uefi, diskBus: .sata, networkCard: .vmxnet3, acceleration: .tcg,
                loginPromptSeconds: 40, sshSeconds: 45),
            .init(
                firmware: .bios, diskBus: .ide, networkCard: .e1000, acceleration: nil,
                loginPromptSeconds: 50, sshSeconds: 55),
        ],
        checks: [PassedCheck(what: "the console shows a login prompt", seconds: 40)])

    private let documents = UploadInventory.Outputs(
        bucket: "images", region: "eu-central-1",
        inventory: .init(
            key: "dss/3.4.0/x.inventory.json", sha256: String(repeating: "cd", count: 32),
            bytes: 40_000, etag: "\"i\"", url: "https://d1.cloudfront.net/x.inventory.json"),
        sbom: .init(
            key: "dss/3.4.0/x.cdx.json", sha256: String(repeating: "ef", count: 32),
            bytes: 90_000, etag: "\"s\"", url: "https://d1.cloudfront.net/x.cdx.json"))

    private let docker = DockerRelease(
        image: BuildDockerImage.Outputs(
            image: "exasol/dss:3.4.0", digest: "sha256:1d", tags: ["3.4.0", "latest"],
            imageId: "sha256:1d", bytes: 1_200_000_000, baseImage: "ubuntu:22.04",
            baseDigest: "sha256:ba5e",
            documents: InventoryDocuments(
                inventory: .init(file: "docker-image.inventory.json", sha256: "s", bytes: 1),
                sbom: .init(file: "docker-image.cdx.json", sha256: "s", bytes: 1), packages: 3)),
        push: PushDockerImage.Outputs(
            image: "exasol/dss:3.4.0", digest: "sha256:d1", tags: ["3.4.0", "latest"],
            registry: "docker.io"),
        documents: nil)

    @Test func `the documents of a whole release are as agreed`() throws {
        let document = document(
            exports: exports, verifications: [verification], documents: documents,
            docker: docker)
        try GoldenFile("release.json").check(document.json.prettyText)
        try GoldenFile("artifacts.md").check(document.markdown)
    }

    @Test func `a release without images has no table of them`() throws {
        let document = document(exports: [])
        try GoldenFile("artifacts-without-images.md").check(document.markdown)
        #expect(document.json["images"] == [])
    }

    @Test func `the order of regions and timings does not depend on a hash`() {
        let texts = Set((0..<20).map { _ in document(exports: exports).json.compactText })
        #expect(texts.count == 1)
    }

    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_048_575, "1.0 MiB"),
            (1_572_864, "1.5 MiB"), (107_374_182_400, "100.0 GiB"),
            (1_125_899_906_842_624, "1.0 PiB"), (.max, "8192.0 PiB"),
        ] as [(Int64, String)])
    func `sizes are read in binary units`(bytes: Int64, text: String) {
        #expect(ByteCount.text(bytes) == text)
    }
}
