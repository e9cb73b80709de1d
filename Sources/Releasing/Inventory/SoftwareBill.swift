import Diagnostics
import FoundationEssentials
import JSON
import OrderedCollections

/// A software bill of materials in CycloneDX 1.6.
///
/// Source: <https://cyclonedx.org/docs/1.6/json/>
struct SoftwareBill: Sendable {
    /// What the bill is of.
    struct Subject: Sendable {
        /// CycloneDX's kind: `operating-system` or `container`.
        let kind: String
        let name: String
        let version: String
        let assetId: String
    }

    let inventory: Inventory
    let subject: Subject
    let serial: UUID
    let createdAt: Date

    /// The whole document.
    var json: JSONValue {
        [
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": .string("urn:uuid:\(serial.uuidString.lowercased())"),
            "version": 1,
            "metadata": [
                "timestamp": .string(Timestamp.text(createdAt)),
                "tools": ["components": [["type": "application", "name": "dssbatch"]]],
                "component": [
                    "type": .string(subject.kind), "bom-ref": "subject",
                    "name": .string(subject.name), "version": .string(subject.version),
                    "properties": [Self.property("assetId", subject.assetId)],
                ],
            ],
            "components": .array(
                [system] + inventory.apt.map(component) + inventory.pip.flatMap(components)
                    + inventory.repositories.flatMap(components)),
        ]
    }

    private var system: JSONValue {
        [
            "type": "operating-system", "bom-ref": "system",
            "name": .string(inventory.system.id), "version": .string(inventory.system.versionId),
            "description": .string(inventory.system.prettyName),
        ]
    }

    private func component(_ package: Inventory.AptPackage) -> JSONValue {
        var qualifiers = [
            ("arch", package.architecture),
            ("distro", "\(inventory.system.id)-\(inventory.system.versionId)"),
        ]
        if package.source != package.name || package.sourceVersion != package.version {
            qualifiers.append(("upstream", "\(package.source)@\(package.sourceVersion)"))
        }
        let address = PackageURL(
            type: "deb", namespace: inventory.system.id, name: package.name,
            version: package.version, qualifiers: qualifiers)
        return Self.library(package.name, package.version, address, reference: address.text)
    }

    private func components(_ environment: Inventory.PythonEnvironment) -> [JSONValue] {
        environment.packages.map { package in
            let address = PackageURL(
                type: "pypi", name: PackageURL.pythonName(package.name), version: package.version)
            // The same package may be in several environments.
            return Self.library(
                package.name, package.version, address,
                reference: "\(environment.environment):\(address.text)",
                properties: [Self.property("environment", environment.environment)])
        }
    }

    private func components(_ repository: Inventory.Repository) -> [JSONValue] {
        let name = repository.path.split(separator: "/").last.map(String.init) ?? repository.path
        let clone = Self.library(
            name, repository.commit,
            PackageURL(
                type: "generic", name: name, version: repository.commit,
                qualifiers: [("vcs_url", "git+\(repository.url)@\(repository.commit)")]),
            reference: repository.path,
            properties: [
                Self.property("path", repository.path),
                Self.property("describe", repository.describe),
            ])
        return [clone]
            + repository.submodules.map { submodule in
                let name = submodule.path.split(separator: "/").last.map(String.init) ?? ""
                return Self.library(
                    name, submodule.commit,
                    PackageURL(type: "generic", name: name, version: submodule.commit),
                    reference: "\(repository.path)/\(submodule.path)",
                    properties: [
                        Self.property("path", "\(repository.path)/\(submodule.path)")
                    ])
            }
    }

    private static func library(
        _ name: String, _ version: String, _ address: PackageURL, reference: String,
        properties: [JSONValue] = []
    ) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("type", "library"), ("bom-ref", .string(reference)), ("name", .string(name)),
            ("version", .string(version)), ("purl", .string(address.text)),
        ]
        if !properties.isEmpty { members.append(("properties", .array(properties))) }
        return .object(OrderedDictionary(uniqueKeysWithValues: members))
    }

    private static func property(_ name: String, _ value: String) -> JSONValue {
        ["name": .string("dssbatch:\(name)"), "value": .string(value)]
    }
}
