import Diagnostics
import Foundation
import JSON
import OrderedCollections

/// The lock of results in a place of objects: an object that is there while a run holds it.
///
/// It is created with a condition, written anew as a sign of life, and deleted at the end. Who
/// dies leaves it; `LockLease` says when it may be taken over, which is a conditional write too, so
/// that of two who try one wins, and the run that was taken for dead finds out by its next write.
actor ObjectLock {
    /// What asking for the lock answered.
    enum Outcome {
        /// With the dead run whose lock it was before, and why it is dead.
        case taken(over: (holder: LockInfo, cause: String)?)
        case held(LockLease?)
    }

    static let name = ".lock"
    private static let attempts = 8
    private static let releaseSeconds = 60.0

    private let objects: any ResultObjects
    private let time: any TimeSource
    private let space = LockInfo.ownProcessSpace
    private var held: (info: LockInfo, version: String)?
    private var beats = 0
    private var isLost = false
    private var heart: Task<Void, Never>?

    init(_ objects: any ResultObjects, time: any TimeSource) {
        self.objects = objects
        self.time = time
    }

    /// Takes the lock where it is free or its run is dead.
    func take(_ info: LockInfo) async throws -> Outcome {
        let bytes = try contents(info, beats: 0)
        var version: String?
        var dead: (holder: LockInfo, cause: String)?
        for _ in 0..<Self.attempts {
            if let written = try await objects.write(Self.name, bytes, over: version) {
                begin(info, written)
                return .taken(over: dead)
            }
            guard let found = try await objects.read(Self.name) else {
                (version, dead) = (nil, nil)
                continue
            }
            if found.bytes == bytes {
                begin(info, found.version)
                return .taken(over: dead)
            }
            guard let lease = Self.lease(found) else { return .held(nil) }
            guard
                let cause = lease.causeOfDeath(in: space, isRunning: LockInfo.isRunning)
            else { return .held(lease) }
            (version, dead) = (found.version, (lease.holder, cause))
        }
        // Others took it and gave it back all the time.
        return .held(nil)
    }

    /// Makes sure that the lock is still this run's, where it was taken.
    ///
    /// - Throws: `results.lock-lost`.
    func check() async throws {
        guard let held else { return }
        if !isLost {
            let found = try await objects.read(Self.name)
            isLost = found.flatMap(Self.lease)?.holder.runId != held.info.runId
        }
        if isLost { throw LockProblem.lost(objects.location) }
    }

    /// Gives the lock back.
    ///
    /// Where that does not come about, the lease ends it: there is nobody left to tell.
    func release() async {
        guard held != nil else { return }
        heart?.cancel()
        // A sign of life that is on its way would change what is to be deleted.
        await heart?.value
        heart = nil
        guard let mine = held else { return }
        held = nil
        let objects = objects
        _ = try? await Shield.run(seconds: Self.releaseSeconds, "giving the lock back") {
            try await objects.delete(Self.name, version: mine.version)
        }
    }

    /// Who holds the lock; nil where nobody does.
    func lease() async throws -> LockLease? {
        try await objects.read(Self.name).flatMap(Self.lease)
    }

    /// Breaks the lock of one run and no other.
    ///
    /// - Returns: when that run was last heard of, in words.
    /// - Throws: `results.not-locked`, `results.locked-by-other`, `results.locked` where it is
    ///   written anew all the time.
    func breakLock(of runId: String) async throws -> String? {
        for _ in 0..<Self.attempts {
            guard let found = try await objects.read(Self.name) else {
                throw LockProblem.notLocked(objects.location)
            }
            let lease = Self.lease(found)
            if let lease, lease.holder.runId != runId {
                throw LockProblem.heldByOther(lease.holder, than: runId, objects.location)
            }
            if try await objects.delete(Self.name, version: found.version) { return lease?.sign }
        }
        throw LockProblem.busy(nil, objects.location)
    }

    private func begin(_ info: LockInfo, _ version: String) {
        held = (info, version)
        (beats, isLost) = (0, false)
        heart = Task {
            while !Task.isCancelled {
                do { try await time.sleep(seconds: LockLease.beatSeconds) } catch { return }
                await beat()
            }
        }
    }

    /// Writes the lock anew; a write that fails is made up for by the next.
    private func beat() async {
        guard let mine = held, !isLost else { return }
        guard let bytes = try? contents(mine.info, beats: beats + 1) else { return }
        let objects = objects
        // Not cancelled half-way: then nobody would know which version is there.
        let written = Task.detached {
            if let version = try await objects.write(Self.name, bytes, over: mine.version) {
                return version as String?
            }
            let found = try await objects.read(Self.name)
            return found?.bytes == bytes ? found?.version : nil
        }
        switch await written.result {
        case .success(let version?):
            beats += 1
            held?.version = version
        case .success(nil): isLost = true
        case .failure: await adoptOwn(mine.info.runId)
        }
    }

    /// After a sign of life of which nobody knows whether it arrived.
    private func adoptOwn(_ runId: String) async {
        guard let found = try? await objects.read(Self.name),
            Self.lease(found)?.holder.runId == runId
        else { return }
        held?.version = found.version
    }

    private func contents(_ info: LockInfo, beats: Int) throws -> [UInt8] {
        var members = try JSONValue.encoding(info).objectValue ?? [:]
        members["beats"] = .integer(Int64(beats))
        return Array(JSONValue.object(members).prettyText.utf8)
    }

    private static func lease(_ object: ResultObject) -> LockLease? {
        // What cannot be read is somebody's lock all the same.
        guard
            let holder = try? JSONValue.parse(object.bytes, source: name)
                .decoded(as: LockInfo.self)
        else { return nil }
        return LockLease(holder: holder, ageSeconds: object.ageSeconds)
    }
}
