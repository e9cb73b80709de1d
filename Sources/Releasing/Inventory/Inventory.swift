import Diagnostics
import JSON

/// What is installed on a finished machine or in a finished container, as it says itself.
struct Inventory: Codable, Sendable, Equatable {
    /// The distribution.
    struct System: Codable, Sendable, Equatable {
        /// As in `/etc/os-release`: `debian`, `ubuntu`.
        let id: String
        let versionId: String
        let prettyName: String
        /// The version of the installed kernel's package; empty in a container.
        let kernel: String?
        /// As Debian calls it: `amd64`.
        let architecture: String
    }

    /// A package of the distribution.
    struct AptPackage: Codable, Sendable, Equatable {
        let name: String
        let version: String
        let architecture: String
        /// The source package that it was built from.
        let source: String
        let sourceVersion: String
    }

    /// The packages of one Python environment.
    struct PythonEnvironment: Codable, Sendable, Equatable {
        /// One package.
        struct Package: Codable, Sendable, Equatable {
            let name: String
            let version: String
        }

        /// Its folder.
        let environment: String
        let packages: [Package]
    }

    /// A clone.
    struct Repository: Codable, Sendable, Equatable {
        /// A repository within.
        struct Submodule: Codable, Sendable, Equatable {
            let path: String
            let commit: String
        }

        let path: String
        let url: String
        let commit: String
        let describe: String
        let submodules: [Submodule]
    }

    static let schemaName = "dssbatch.inventory/1"

    let schema: String
    let system: System
    let apt: [AptPackage]
    let pip: [PythonEnvironment]
    let repositories: [Repository]

    /// Reads what the inventory's playbook stored.
    ///
    /// - Throws: `inventory.invalid`.
    init(_ bytes: [UInt8], source: String) throws {
        do {
            self = try JSONValue.parse(bytes, source: source).decoded(as: Inventory.self)
        } catch {
            throw Diagnostic.from(error).wrapped(
                in: "the machine's inventory cannot be read",
                hint: "run the same command again; the playbook that takes it is "
                    + "`\(MachineChecks.machinePlaybook)`")
        }
        guard schema == Self.schemaName, !apt.isEmpty else {
            throw Diagnostic(
                code: "inventory.invalid",
                summary: "the machine's inventory is not of schema `\(Self.schemaName)`, or empty",
                hint: "look at `\(MachineChecks.machinePlaybook)`, which takes it")
        }
    }

    /// How many packages there are, of all kinds.
    var packageCount: Int { apt.count + pip.reduce(0) { $0 + $1.packages.count } }
}
