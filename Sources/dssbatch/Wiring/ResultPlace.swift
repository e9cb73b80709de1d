import AWS
import BuildGraph
import Diagnostics
import Sandbox

/// Where a manifest's results are: a folder, or S3.
struct ResultPlace {
    private let path: String
    private let project: ProjectFolder
    private let address: ResultsAddress
    private let region: String
    private let aws: any AWSCaller

    private var isInS3: Bool { if case .s3 = address { true } else { false } }

    /// - Parameter isOwnOfLocal: whether this is a local run that is told no place, so that a
    ///   folder is one of its own.
    /// - Throws: `results.address`.
    init(_ workload: any Workload, _ aws: any AWSCaller, isOwnOfLocal: Bool) throws {
        path = workload.path
        project = workload.project
        let written = try ResultsAddress(
            workload.results, source: "\(workload.path)#/results", code: "results.address")
        address = isOwnOfLocal ? written.ofLocalRun : written
        region = workload.region
        self.aws = aws
    }

    /// The results of one asset; touches nothing.
    ///
    /// - Parameters:
    ///   - name: its folder among all results.
    ///   - subfolder: for results beside the asset's own.
    /// - Throws: `results.address`.
    func store(_ name: String, subfolder: String? = nil) throws -> any ResultStore {
        switch address {
        case .folder(let folder):
            return FolderResultStore(
                root: project.absolute(folder), assetId: name, subfolder: subfolder)
        case .s3(let address):
            let bucket = try ResultBucket(
                address: address, folder: subfolder.map { "\(name)/\($0)" } ?? name,
                region: region, aws: aws, source: "\(path)#/results")
            return ObjectResultStore(bucket, assetId: name)
        }
    }

    /// Where digests of files are kept for the next start; nil for nowhere.
    ///
    /// They are of this machine's files, so that they do not belong where others read.
    func digestCache(of store: any ResultStore) -> String? {
        isInS3 ? nil : "\(store.location)/.digests"
    }

    /// The folder of a store, for what has to be on this machine.
    ///
    /// - Throws: `results.no-folder`.
    func requiredFolder(of store: any ResultStore) throws -> String {
        guard isInS3 else { return store.location }
        throw Diagnostic(
            code: "results.no-folder", severity: .configuration,
            summary: "a machine that lasts keeps its private key beside its results, and these are "
                + "in S3", location: "\(path)#/results",
            hint: "name a folder with `--results`, or leave `--detach` out")
    }
}
