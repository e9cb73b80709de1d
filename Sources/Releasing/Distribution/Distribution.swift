package import BuildGraph
import Diagnostics
import JSON

/// `distribute`: brings the releases of a matrix up to date by one batch of builds on CodeBuild.
package struct Distribution: Sendable {
    /// What is asked for.
    package struct Request: Sendable {
        /// The stack of the CodeBuild project.
        let stackName: String
        /// The most builds of the batch; nil for as many as the project allows.
        let builds: Int?
        /// The file in the repository whose phases each build runs.
        let buildspec: String
        /// Nothing is going to be started.
        let isDryRun: Bool
        let replacesPublished: Bool

        /// Makes a request; see the properties.
        package init(
            stackName: String, builds: Int?, buildspec: String, isDryRun: Bool,
            replacesPublished: Bool
        ) {
            self.stackName = stackName
            self.builds = builds
            self.buildspec = buildspec
            self.isDryRun = isDryRun
            self.replacesPublished = replacesPublished
        }
    }

    /// A batch that may be started.
    package struct Batch: Sendable {
        let project: BuildProject
        let plan: BatchPlan
        /// What says it to CodeBuild.
        package let buildspec: String
    }

    private let matrix: Matrix
    private let place: DistributionPlace
    private let request: Request
    private let services: Services

    private var region: String { matrix.manifest.base.region }

    /// Asks nobody yet.
    ///
    /// - Throws: `distribute.results`, `distribute.outside`.
    package init(of matrix: Matrix, _ request: Request, services: Services) throws {
        self.matrix = matrix
        self.request = request
        self.services = services
        place = try DistributionPlace(matrix.manifest)
    }

    /// Finds out what has to be built, and whether it can be.
    ///
    /// - Parameters:
    ///   - variants: those that the command is about.
    ///   - warn: told of what may be no obstacle.
    /// - Returns: nil where there is nothing to do.
    /// - Throws: `distribute.*`, `codebuild.*`, `realm.*`, `publish.protected`; as `Matrix.plan`.
    package func prepare(
        _ variants: [Variant], warn: @escaping @Sendable (String) -> Void
    ) async throws -> Batch? {
        if !request.isDryRun {
            try await ClonedFiles(
                root: matrix.manifest.base.project.path,
                processes: services.workstation.processes
            ).check(place.files)
        }
        try await services.realms?.ask()
        let project = try await BuildProject.find(
            stack: request.stackName, region: region, services: services)
        let builds = min(request.builds ?? .max, try project.requireBatches())
        let atOnce = try await project.mostAtOnce(region: region, services: services, warn: warn)
        guard
            let plan = try await matrix.batch(
                variants, builds: builds, atOnce: atOnce ?? .max,
                replacesPublished: request.replacesPublished || request.isDryRun,
                warn: warn,
                activeExports: { [services] in
                    try await ExportLoad.active(region: $0, services: services, warn: warn)
                })
        else { return nil }
        plan.exportNotes.forEach(warn)
        if !request.isDryRun {
            try await project.requireNeeds(region: region, services: services, warn: warn)
        }
        let buildspec = plan.buildspec(
            manifest: place.manifest, results: place.results, buildspec: request.buildspec,
            options: request.replacesPublished ? ["--replace-published"] : [])
        return Batch(project: project, plan: plan, buildspec: buildspec.prettyText)
    }
}
