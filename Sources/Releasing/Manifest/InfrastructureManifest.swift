package import BuildGraph
package import JSON

/// `manifests/infrastructure.json`, checked and with its defaults filled in: the permanent stacks.
package struct InfrastructureManifest: Sendable {
    /// One stack; its stage is named by the manifest.
    package struct Stack: Sendable, Equatable {
        package let stage: String
        /// What CloudFormation calls it.
        package let name: String
        package let region: String
        /// Whether the region is the stack's own and not the manifest's.
        package let hasOwnRegion: Bool
        /// Relative to the project.
        package let template: String
        /// By name, in alphabetical order.
        package let parameters: [Parameter]
        package let capabilities: [String]
        package let tags: [String: String]

        /// The stages whose outputs it needs.
        package var needs: [String] {
            var seen: Set<String> = []
            return parameters.compactMap(\.value.reference?.stage).filter {
                seen.insert($0).inserted
            }
        }
    }

    /// A value for one of a template's parameters.
    package struct Parameter: Sendable, Equatable {
        package let name: String
        package let value: Value
    }

    /// Where a parameter's value comes from.
    package enum Value: Sendable, Equatable {
        /// As CloudFormation takes it; a list's elements are joined by commas.
        case text(String)
        /// An output of another of these stacks.
        case output(Reference)

        /// The other stack's output; nil for a text.
        var reference: Reference? {
            if case .output(let reference) = self { reference } else { nil }
        }
    }

    /// An output of another of these stacks.
    package struct Reference: Sendable, Equatable {
        package let stage: String
        package let output: String
    }

    /// The file that was read, as named on the command line.
    package let path: String
    /// The folder that relative paths start from.
    package let project: ProjectFolder
    /// The manifest as it stands after what the command line changed.
    package let document: JSONValue
    /// Of the stacks that name none.
    package let region: String
    /// In the file's order.
    package let stacks: [Stack]
    /// The only account that it is for; nil for any.
    package let account: String?
    /// Folder (relative to the project) or `s3://` address of the results.
    package let results: String
}

extension InfrastructureManifest {
    /// Where it belongs.
    var place: ManifestPlace {
        ManifestPlace(
            path: path, project: project, region: region, account: account, results: results)
    }

    /// One stage a stack.
    package func stages(services: Services) -> [any Stage] {
        stacks.map { stack in
            DeployStack(
                stack: stack, others: stacks, project: project, services: services)
        }
    }
}
