import Diagnostics
import Glibc
import JSON
import OrderedCollections

/// The lock of results in a place of objects: an object that is there while a run holds it.
///
/// It is created with a condition, written anew as a sign of life, and deleted at the end. Who
/// dies leaves it; `LockLease` says when it may be taken over, which is a conditional write too, so
/// that of two who try one wins, and the run that was taken for dead finds out by its next write.
///
/// | the object | whose write succeeds | next |
/// |---|---|---|
/// | is not there | whoever creates it first (`take`) | held |
/// | held, alive | its holder's, every `beatSeconds` (`beat`) | held, another version |
/// | held, dead | of those who saw that version, the first (`take`) | held by another |
/// | held | its holder's deletion (`release`), a person's (`breakLock`) | not there |
///
/// A holder whose write is refused has lost it: `check` throws before anything else is recorded.
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
    private let space = ProcessIdentity.space
    private var held: Held?
    private var isLost = false
    private var heart: Task<Void, Never>?

    /// The lock while it is this run's, as far as this process knows.
    private struct Held {
        let runId: String
        /// Who holds it, as it is written.
        let members: OrderedDictionary<String, JSONValue>
        var beats = 0
        var version = ""

        init(_ info: LockInfo) throws {
            runId = info.runId
            members = try JSONValue.encoding(info).objectValue ?? [:]
        }

        /// Never the same twice, so that each sign of life is another version.
        var bytes: [UInt8] {
            var members = members
            members["beats"] = .integer(Int64(beats))
            return Array(JSONValue.object(members).prettyText.utf8)
        }
    }

    init(_ objects: any ResultObjects, time: any TimeSource) {
        self.objects = objects
        self.time = time
    }

    /// Takes the lock where it is free or its run is dead.
    func take(_ info: LockInfo) async throws -> Outcome {
        var mine = try Held(info)
        var over: String?
        var dead: (holder: LockInfo, cause: String)?
        for _ in 0..<Self.attempts {
            switch try await objects.put(Self.name, mine.bytes, over: over) {
            case .written(let version):
                mine.version = version
                begin(mine)
                return .taken(over: dead)
            case .refused(nil): (over, dead) = (nil, nil)
            case .refused(let found?):
                guard let lease = Self.lease(found) else { return .held(nil) }
                guard
                    let cause = lease.causeOfDeath(
                        in: space, isRunning: ProcessIdentity.isRunning)
                else { return .held(lease) }
                (over, dead) = (found.version, (lease.holder, cause))
            }
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
            isLost = try await lease()?.holder.runId != held.runId
        }
        if isLost { throw LockProblem.lost(objects.location) }
    }

    /// Gives the lock back.
    ///
    /// Where that does not come about, the lease ends it: there is nobody left to tell.
    func release() async {
        guard let mine = held else { return }
        heart?.cancel()
        // A sign of life that is on its way would bring the lock back.
        await heart?.value
        (held, heart) = (nil, nil)
        _ = try? await Shield.run(seconds: Self.releaseSeconds, "giving the lock back") {
            try await self.breakLock(of: mine.runId)
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

    private func begin(_ mine: Held) {
        held = mine
        isLost = false
        heart = Task {
            while !Task.isCancelled {
                do { try await time.sleep(seconds: LockLease.beatSeconds) } catch { return }
                await beat()
            }
        }
    }

    /// Writes the lock anew.
    ///
    /// A write that fails is made up for by the next, which finds its own name where it arrived.
    private func beat() async {
        guard var mine = held, !isLost else { return }
        mine.beats += 1
        let (objects, bytes, over) = (objects, mine.bytes, mine.version)
        // Not cancelled half-way: its answer could come after the lock was given back.
        let written = Task.detached { try await objects.put(Self.name, bytes, over: over) }
        switch await written.result {
        case .success(.written(let version)): mine.version = version
        case .success(.refused(let found)):
            guard let found, Self.lease(found)?.holder.runId == mine.runId else {
                isLost = true
                return
            }
            mine.version = found.version
        case .failure: break
        }
        held = mine
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
