import AWS
import BuildGraph
import Diagnostics
import Glibc
import Releasing

/// Where a manifest's results are: a folder, or S3.
struct ResultPlace {
    private let path: String
    private let project: ProjectFolder
    private let address: ResultsAddress
    private let region: String
    private let aws: any AWSCaller
    private let time: any TimeSource
    /// The folder where a local run of an older program recorded; nil where it is this one.
    private let earlier: String?

    private var isInS3: Bool { if case .s3 = address { true } else { false } }

    /// - Parameters:
    ///   - home: what `~` stands for.
    ///   - isOwnOfLocal: whether this is a local run that is told no place, so that a folder is
    ///     one of its own.
    /// - Throws: `results.address`.
    init(
        _ manifest: ManifestPlace, _ aws: any AWSCaller, home: String?, isOwnOfLocal: Bool,
        time: any TimeSource
    ) throws {
        path = manifest.path
        project = manifest.project
        let written = try ResultsAddress(
            manifest.results, source: "\(manifest.path)#/results", code: "results.address",
            home: home)
        address = isOwnOfLocal ? written.ofLocalRun : written
        if isOwnOfLocal, case .folder(let folder) = written {
            earlier = folder
        } else {
            earlier = nil
        }
        region = manifest.region
        self.aws = aws
        self.time = time
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
                root: project.absolute(folder), assetId: name, subfolder: subfolder,
                time: time)
        case .s3(let address):
            let bucket = try ResultBucket(
                address: address, folder: subfolder.map { "\(name)/\($0)" } ?? name,
                region: region, aws: aws, source: "\(path)#/results")
            return ObjectResultStore(bucket, assetId: name, time: time)
        }
    }

    /// The results of the other assets that hold a document.
    ///
    /// - Throws: `results.address`; what listing throws.
    func stores(besides name: String, holding document: String) async throws -> [any ResultStore] {
        let names =
            switch address {
            case .folder(let folder):
                try FolderResultStore.assets(in: project.absolute(folder), holding: document)
            case .s3(let address):
                try await ResultBucket(
                    address: address, folder: name, region: region, aws: aws,
                    source: "\(path)#/results"
                ).assets(besides: name, holding: document)
            }
        return try names.filter { $0 != name }.sorted().map { try store($0) }
    }

    /// Where older programs left results that a local run looks for no more.
    ///
    /// They wrote down neither account nor cloud, so that whose such results are only a person
    /// knows. Once there are new ones, nothing is said.
    ///
    /// - Parameter names: the folders of assets.
    func localHint(_ names: [String]) throws -> String? {
        guard let earlier else { return nil }
        let root = project.absolute(earlier)
        let first = try names.first { name in
            guard access(try store(name).location, F_OK) != 0 else { return false }
            return FolderResultStore(root: root, assetId: name).holdsUnboundAlone
        }
        guard let first else { return nil }
        return "hint: `\(earlier)/\(first)` holds results of an older program: if a local run made "
            + "them, give `--results \(earlier)` to go on with them"
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
