import AWS
import BuildGraph
import Diagnostics
import FoundationEssentials

/// Copies an object inside S3 by multipart copy with parallel parts, which has no limit of 5 GB.
struct ObjectCopy: Sendable {
    let aws: any AWSCaller
    let region: String
    let bucket: String
    let tags: [AWSTag]
    /// Whether S3 shall compute a checksum of the whole object.
    let wantsChecksum: Bool

    private static let parallelParts = 8
    /// Of what never changes under its key: readers and caches need not ask again.
    static let cacheControl = "public, max-age=31536000, immutable"

    /// Copies one version of an object to another key, and ends earlier unfinished tries.
    ///
    /// - Parameters:
    ///   - sourceETag: the copy fails where the source is another version by now.
    ///   - onPart: called with the share that is done, 0 to 1.
    /// - Returns: the new object.
    func copy(
        from source: String, sourceETag: String, sizeBytes: Int64, to key: String,
        context: StageContext, onPart: @escaping @Sendable (Double) -> Void
    ) async throws -> S3ObjectHead {
        try await endEarlierTries(context)
        let entry = try await context.journal.intend(
            LeftoverKind.upload, region: region, name: key, details: ["bucket": bucket])
        let (uploadId, lostAt) = try await begin(key, context.time)
        try await context.journal.created(entry, id: uploadId)
        do {
            let parts = try await copyParts(
                CopyPlan(sizeBytes: UInt64(max(0, sizeBytes))), from: source,
                sourceETag: sourceETag, to: key, uploadId: uploadId, onPart: onPart)
            _ = try await aws.call(
                CompleteMultipartUpload(
                    bucket: bucket, key: key, uploadId: uploadId, parts: parts),
                region: region)
        } catch {
            await abandon(entry, key: key, uploadId: uploadId, context)
            throw error
        }
        if let lostAt {
            // What was asked for in vain may have been begun later than anybody looked.
            do {
                _ = try await PatientLook(time: context.time).find(bornAt: lostAt) { () -> Void? in
                    try await endStrays(of: key, in: bucket, of: region)
                    // As many as were asked for may have been begun.
                    return nil
                }
            } catch let problem as Diagnostic where problem.severity != .interrupted {
                // The copy is there; uploads that nobody ended are listed by `clean`.
                context.progress(nil, "\(problem.summary); `clean` finds what was left")
            }
        }
        try await context.journal.kept(entry)
        return try await checked(key: key, sizeBytes: sizeBytes)
    }

    /// Begins an upload; where the answer is lost, ends what may have been begun and tries again.
    ///
    /// - Returns: its id, and when an answer was lost last.
    private func begin(
        _ key: String, _ time: any TimeSource
    ) async throws -> (uploadId: String, lostAt: Date?) {
        var lostAt: Date?
        let call = CreateMultipartUpload(
            bucket: bucket, key: key, cacheControl: Self.cacheControl, tags: tags,
            checksumAlgorithm: wantsChecksum ? "CRC64NVME" : nil,
            checksumType: wantsChecksum ? "FULL_OBJECT" : nil)
        let uploadId = try await LostAnswer.creating(
            duplicateCode: nil, time: time,
            create: { try await aws.call(call, region: region) },
            find: {
                lostAt = time.now()
                try await endStrays(of: key, in: bucket, of: region)
                return nil
            })
        return (uploadId, lostAt)
    }

    /// Ends every unfinished upload of a key: the lock sees to it that no other run has any.
    private func endStrays(
        of key: String, in bucket: String, of region: String
    ) async throws {
        for id in try await Self.uploads(aws, of: key, in: bucket, region: region) {
            try await abort(in: bucket, of: region, key: key, uploadId: id)
        }
    }

    private func copyParts(
        _ plan: CopyPlan, from source: String, sourceETag: String, to key: String,
        uploadId: String, onPart: @escaping @Sendable (Double) -> Void
    ) async throws -> [S3Part] {
        try await withThrowingTaskGroup(of: S3Part.self) { group in
            var waiting = plan.parts.makeIterator()
            var done: [S3Part] = []
            func startNext() {
                guard let part = waiting.next() else { return }
                group.addTask {
                    try await aws.call(
                        UploadPartCopy(
                            bucket: bucket, key: key, uploadId: uploadId, partNumber: part.number,
                            source: S3CopySource(bucket: bucket, key: source),
                            range: part.firstByte...part.lastByte, ifSourceMatches: sourceETag),
                        region: region)
                }
            }
            for _ in 0..<Self.parallelParts { startNext() }
            while let part = try await group.next() {
                done.append(part)
                onPart(Double(done.count) / Double(plan.parts.count))
                startNext()
            }
            return done.sorted { $0.number < $1.number }
        }
    }

    private func checked(key: String, sizeBytes: Int64) async throws -> S3ObjectHead {
        let head = try await aws.call(HeadObject(bucket: bucket, key: key), region: region)
        guard head.sizeBytes == sizeBytes else {
            throw Diagnostic(
                code: "export.size-differs",
                summary: "`s3://\(bucket)/\(key)` has \(head.sizeBytes) bytes, "
                    + "its source has \(sizeBytes)",
                hint: "run the same command again")
        }
        return head
    }

    /// Ends an upload that failed; the failure itself is what the caller has to hear of.
    private func abandon(
        _ entry: JournalEntryID, key: String, uploadId: String, _ context: StageContext
    ) async {
        do {
            try await abort(in: bucket, of: region, key: key, uploadId: uploadId)
            try await context.journal.gone(entry)
        } catch {
            context.warn(
                "the unfinished upload of `s3://\(bucket)/\(key)` stays: "
                    + "\(Diagnostic.from(error).summary) (the next run ends it)"
            )
        }
    }

    /// Ends the uploads that interrupted runs of this stage began, with what came of those that
    /// were completed and never recorded.
    ///
    /// - Parameter keeping: the key of an object that is taken over.
    func endEarlierTries(_ context: StageContext, keeping: String? = nil) async throws {
        for entry in await context.journal.unfinished(of: LeftoverKind.upload) {
            try await end(Leftover(entry), keeping: keeping)
                .end(entry, in: context.journal, warn: context.warn)
        }
    }

    private func end(_ leftover: Leftover, keeping: String?) async throws -> LeftoverOutcome {
        guard let key = leftover.name else { return .gone }
        if let reason = LeftoverClaim(leftover: leftover).objection(toKey: key) {
            return .notOurs(because: reason)
        }
        // Where that run's manifest had it, which may be elsewhere today.
        let (bucket, region) = (leftover.details["bucket"] ?? bucket, leftover.region)
        if let uploadId = leftover.id {
            let wasOpen = try await abort(in: bucket, of: region, key: key, uploadId: uploadId)
            if !wasOpen && key != keeping {
                try await Self.removeCopy(aws, leftover, in: bucket, key: key)
            }
        } else {
            try await endStrays(of: key, in: bucket, of: region)
        }
        return .gone
    }

    /// Whether the object of a key is what a run copied there, and no other's.
    func isCopied(to key: String, byRun runId: String) async throws -> Bool {
        try await ObjectSearch.tags(aws, bucket: bucket, key: key, region: region)?[
            ResourceNames.runTag] == runId
    }

    /// Removes the object that a completed upload of an interrupted run became.
    ///
    /// Nobody knows of it: a key is never written twice, and a recorded one is in no journal.
    static func removeCopy(
        _ aws: any AWSCaller, _ leftover: Leftover, in bucket: String, key: String
    ) async throws {
        let tags = try await ObjectSearch.tags(
            aws, bucket: bucket, key: key, region: leftover.region)
        guard let tags, tags[ResourceNames.runTag] == leftover.runId,
            tags[ResourceNames.assetTag] == leftover.assetId
        else { return }
        _ = try await aws.call(DeleteObject(bucket: bucket, key: key), region: leftover.region)
    }

    /// Whether an upload is gone, also with its bucket, which has to be empty to be deleted.
    static func isGone(_ problem: Diagnostic) -> Bool {
        ["aws.NoSuchUpload", "aws.NoSuchBucket"].contains(problem.code)
    }

    /// The unfinished uploads of a key; none where there is no such bucket any more.
    static func uploads(
        _ aws: any AWSCaller, of key: String, in bucket: String, region: String
    ) async throws -> [String] {
        do {
            return try await aws.all(
                ListMultipartUploads(bucket: bucket, prefix: key), region: region
            ).filter { ExactText($0.key) == ExactText(key) }.map(\.uploadId)
        } catch let error as Diagnostic where isGone(error) {
            return []
        }
    }

    /// Ends an upload.
    ///
    /// - Returns: false where there is none of that id any more.
    @discardableResult
    private func abort(
        in bucket: String, of region: String, key: String, uploadId: String
    ) async throws -> Bool {
        do {
            _ = try await aws.call(
                AbortMultipartUpload(bucket: bucket, key: key, uploadId: uploadId),
                region: region)
            return true
        } catch let error as Diagnostic where Self.isGone(error) {
            return false
        }
    }
}
