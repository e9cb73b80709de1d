import BuildGraph
import Diagnostics
import DockerEngine
import JSON
import OrderedCollections
import Testing

@testable import Releasing

/// The section `/docker` and the stages that come of it.
@Suite struct DockerManifestTests {
    private let fixture: ManifestFixture
    init() throws { fixture = try ManifestFixture() }

    private func read(_ docker: JSONValue?, version: String = "3.4.0") throws -> ReleaseManifest {
        try fixture.read { document in
            guard case .object(var members) = document else { return document }
            members["docker"] = docker
            return try JSONValue.object(members).setting(
                JSONPointer(parsing: "/versions/sandbox"), to: .string(version))
        }
    }

    private func stages(_ docker: JSONValue?) throws -> [String] {
        ReleasePipeline.stages(
            of: try read(docker), services: StageBench().services, layout: ReleaseLayout()
        ).map(\.name.rawValue).filter { $0.hasPrefix("docker") }
    }

    @Test func `what is left out has its default`() throws {
        let docker = try #require(try read(["repository": "exasol/dss"]).docker)
        #expect(docker.repository.name == "exasol/dss")
        #expect(!docker.publish)
        #expect(docker.baseImage.description == "ubuntu:22.04")
        #expect(docker.registryUser == nil && docker.network == nil)
        #expect(docker.tags == ["3.4.0"] && docker.movesNewestTag)
        #expect(docker.image.description == "exasol/dss:3.4.0")
        let other = try #require(try read(["repository": "x", "baseImage": "debian"]).docker)
        #expect(other.baseImage.description == "debian:latest")
        let latest = try #require(try read(["repository": "x"], version: "latest").docker)
        #expect(latest.tags == ["latest"] && !latest.movesNewestTag)
        let tags: JSONValue = ["repository": "x", "tags": ["3.4", "3.4.0", "stable"]]
        let given = try #require(try read(tags).docker)
        #expect(given.tags == ["3.4.0", "3.4", "stable"] && !given.movesNewestTag)
    }

    @Test(
        arguments: [
            (["repository": ""], "3.4.0", "manifest.unknown-value"),
            (["repository": "Exasol/DSS/"], "3.4.0", "docker.reference"),
            (["repository": "x:1"], "3.4.0", "manifest.docker-repository"),
            (["repository": "x"], "3.4.0+1", "manifest.docker-tag"),
            (["repository": "x", "baseImage": "a b"], "3.4.0", "docker.reference"),
            (["repository": "x", "network": "a b"], "3.4.0", "manifest.unknown-value"),
            (["repository": "x", "tags": ["a b"]], "3.4.0", "manifest.unknown-value"),
            (["repository": "x", "tag": "1"], "3.4.0", "manifest.unknown-field"),
        ] as [(JSONValue, String, String)])
    func `a bad value is an error that names its place`(
        docker: JSONValue, version: String, code: String
    ) throws {
        let error = try #require(throws: Diagnostic.self) { try read(docker, version: version) }
        #expect(error.code == code)
        #expect(error.severity == .configuration)
        #expect(error.location?.contains("#/docker") == true)
        #expect(error.hint?.isEmpty == false)
    }

    @Test func `the section decides which stages there are`() throws {
        #expect(try stages(nil) == [])
        #expect(try stages(["repository": "x"]) == ["docker-inventory", "docker-image"])
        #expect(
            try stages(["repository": "x", "publish": true])
                == ["docker-inventory", "docker-image", "docker-push"])
    }
}
