import AWS
import BuildGraph
import Diagnostics
import Sandbox

/// Where a manifest's results are: a folder, or S3.
struct ResultPlace {
    private let workload: any Workload
    private let aws: any AWSCaller
    private let isInS3: Bool

    init(_ workload: any Workload, _ aws: any AWSCaller) {
        self.workload = workload
        self.aws = aws
        isInS3 = workload.results.hasPrefix("s3://")
    }

    /// The results of the manifest's asset; touches nothing.
    ///
    /// - Parameter subfolder: for results beside the asset's own.
    /// - Throws: `results.address`.
    func store(subfolder: String?) throws -> any ResultStore {
        let name = workload.storeName
        guard isInS3 else {
            return FolderResultStore(
                root: workload.project.absolute(workload.results), assetId: name,
                subfolder: subfolder)
        }
        let bucket = try ResultBucket(
            address: workload.results, folder: subfolder.map { "\(name)/\($0)" } ?? name,
            region: workload.region, aws: aws, source: "\(workload.path)#/results")
        return ObjectResultStore(bucket, assetId: name)
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
                + "in S3", location: "\(workload.path)#/results",
            hint: "name a folder with `--results`, or leave `--detach` out")
    }
}
