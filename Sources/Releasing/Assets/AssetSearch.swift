package import AWS
package import Diagnostics

/// Looks for everything in AWS that carries an asset's tag: what `show-aws-assets` shows and
/// `clean` removes.
package struct AssetSearch: Sendable {
    /// What a search found, and where it could not look.
    package struct Findings: Sendable {
        package var assets: [Asset]
        package var problems: [Diagnostic]
    }

    let aws: any AWSCaller
    let pattern: AssetPattern
    let kinds: Set<AssetKind>

    /// Makes one; nothing is asked yet.
    ///
    /// - Parameter kinds: the kinds to look for.
    package init(aws: any AWSCaller, pattern: AssetPattern, kinds: Set<AssetKind>) {
        self.aws = aws
        self.pattern = pattern
        self.kinds = kinds
    }

    /// Every region of the account.
    package static func everyRegion(aws: any AWSCaller, region: String) async throws -> [String] {
        try await aws.call(DescribeRegions(), region: region).map(\.name).sorted()
    }

    /// Looks in all of these places; one that cannot be looked at does not spare the others.
    package func find(in places: AssetPlaces) async throws -> Findings {
        let regions = try await ConcurrentMap.map(places.regions) { region in
            try await attempt("region `\(region)`") { try await assets(in: region) }
        }
        let wantsObjects = wants(.object, .upload)
        let folders = try await ConcurrentMap.map(wantsObjects ? places.folders : []) { folder in
            try await attempt("bucket `\(folder.bucket)`") {
                try await ObjectSearch(aws: aws, pattern: pattern).assets(in: folder)
            }
        }
        let all = regions + folders
        let found = Self.unique(all.flatMap(\.assets))
        return Findings(
            // Judged before the kinds that nobody asked for are left out.
            assets: AssetRole.classified(found).filter { kinds.contains($0.kind) },
            problems: all.flatMap(\.problems))
    }

    private func attempt(
        _ place: String, _ look: @Sendable () async throws -> [Asset]
    ) async throws -> Findings {
        do {
            return Findings(assets: try await look(), problems: [])
        } catch let problem as Diagnostic where problem.severity == .failure {
            return Findings(
                assets: [], problems: [problem.wrapped(in: "cannot look for assets in \(place)")])
        }
    }

    private func wants(_ some: AssetKind...) -> Bool { some.contains(where: kinds.contains) }

    /// Two folders may overlap, and an object may be found by its tag and by its task.
    private static func unique(_ assets: [Asset]) -> [Asset] {
        var places: [String: Int] = [:]
        var result: [Asset] = []
        for asset in assets {
            let key = asset.place
            if let place = places[key] {
                if asset.proof == .tag { result[place] = asset }
            } else {
                places[key] = result.count
                result.append(asset)
            }
        }
        return result
    }

    private func assets(in region: String) async throws -> [Asset] {
        // A snapshot is judged by the images that use it, a volume by its machine.
        async let images = wants(.ami, .snapshot) ? ownImages(region) : []
        async let snapshots = wants(.snapshot) ? ownSnapshots(region) : []
        async let instances = wants(.instance, .volume) ? ownInstances(region) : []
        async let volumes = wants(.volume) ? ownVolumes(region) : []
        async let others = otherAssets(in: region)
        let (amis, machines) = try await (images, instances)
        return try await others + taggedImages(amis, region)
            + machines.compactMap { machine($0, region) }
            + snapshots.compactMap { snapshot($0, amis, region) }
            + volumes.compactMap { volume($0, machines, region) }
    }

    private func otherAssets(in region: String) async throws -> [Asset] {
        async let groups = wants(.securityGroup) ? securityGroups(region) : []
        async let pairs = wants(.keyPair) ? keyPairs(region) : []
        async let tasks = wants(.exportTask, .object) ? exportTasks(region) : []
        async let stacks = wants(.stack) ? stacks(region) : []
        return try await groups + pairs + tasks + stacks
    }

    var tagFilter: EC2Filter {
        EC2Filter("tag:\(ResourceNames.assetTag)", pattern.text)
    }

    /// All of the account's: one without the tag may use a snapshot that has it.
    private func ownImages(_ region: String) async throws -> [EC2Image] {
        try await aws.all(DescribeImages(owners: ["self"], includesDisabled: true), region: region)
    }

    private func ownSnapshots(_ region: String) async throws -> [EC2Snapshot] {
        try await aws.all(
            DescribeSnapshots(owners: ["self"], filters: [tagFilter]), region: region)
    }

    private func ownInstances(_ region: String) async throws -> [EC2Instance] {
        try await aws.all(DescribeInstances(filters: [tagFilter]), region: region)
    }

    private func ownVolumes(_ region: String) async throws -> [EC2Volume] {
        try await aws.all(DescribeVolumes(filters: [tagFilter]), region: region)
    }
}
