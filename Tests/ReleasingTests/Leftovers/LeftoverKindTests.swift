import BuildGraph
import Testing

@testable import Releasing

@Suite struct LeftoverKindTests {
    /// What journals and events have had since there is such a kind.
    private static let written: [LeftoverKind: String] = [
        .stack: "cloudformation:stack", .changeSet: "cloudformation:change-set",
        .keyPair: "ec2:key-pair", .image: "ec2:image", .biosImage: "ec2:bios-image",
        .retiredImage: "ec2:retired-image", .exportTask: "ec2:export-image-task",
        .upload: "s3:multipart-upload", .object: "s3:object",
        .retiredObject: "s3:retired-object", .container: "docker:container",
        .dockerImage: "docker:image", .privateKey: "local:private-key",
        .workFolder: "local:work-folder",
    ]

    @Test(arguments: LeftoverKind.allCases)
    func `a kind's text is the one of older journals`(kind: LeftoverKind) {
        #expect(Self.written[kind] == kind.rawValue)
    }

    @Test(arguments: LeftoverKind.allCases)
    func `the beginning of a kind's text says whether it is in AWS`(kind: LeftoverKind) throws {
        let service = try #require(kind.rawValue.split(separator: ":").first)
        let places = ["local": LeftoverKind.Place.machine, "docker": .engine]
        #expect(kind.place == places[String(service)])
    }

    @Test func `clean's word for a kind is the journal's, where both have one`() {
        for kind in LeftoverKind.allCases where kind.assetKind != .unknown {
            let others: [LeftoverKind: LeftoverKind] = [
                .biosImage: .image, .workFolder: .privateKey,
            ]
            #expect(kind.assetKind.resource == (others[kind] ?? kind).rawValue)
        }
    }
}
