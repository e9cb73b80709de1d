import BuildGraph
import Diagnostics
import Synchronization

/// Objects in memory that behave as S3's do, and lose answers where a test says so.
final class MemoryObjects: ResultObjects {
    private struct State {
        var objects: [String: (bytes: [UInt8], version: Int)] = [:]
        var ages: [String: Double] = [:]
        var count = 0
        var keptAnswers = 0
        var lostAnswers = 0
        var lossy: String?
    }

    let location = "s3://bucket/results/1.0"
    private let state = Mutex(State())

    /// The answers to that many writes are lost; the writes come about.
    ///
    /// - Parameters:
    ///   - name: of what; nil for any object, signs of life of a lock too.
    ///   - kept: how many are answered before.
    func loseAnswers(_ count: Int, of name: String? = nil, after kept: Int = 0) {
        state.withLock { state in
            state.keptAnswers = kept
            state.lostAnswers = count
            state.lossy = name
        }
    }

    /// Lets an object look as old as that.
    func age(_ name: String, seconds: Double) { state.withLock { $0.ages[name] = seconds } }

    func bytes(_ name: String) -> [UInt8]? { state.withLock { $0.objects[name]?.bytes } }

    func list() async throws -> [String: String] {
        state.withLock { $0.objects.mapValues { "\($0.version)" } }
    }

    func read(_ name: String) async throws -> ResultObject? {
        await Task.yield()
        return state.withLock { state in
            state.objects[name].map {
                ResultObject(
                    bytes: $0.bytes, version: "\($0.version)", ageSeconds: state.ages[name] ?? 1)
            }
        }
    }

    func write(_ name: String, _ bytes: [UInt8], over version: String?) async throws -> String? {
        await Task.yield()
        return try state.withLock { state in
            guard state.objects[name].map({ "\($0.version)" }) == version else { return nil }
            state.count += 1
            state.objects[name] = (bytes, state.count)
            state.ages[name] = nil
            if state.lossy.map({ $0 != name }) == true {
                return "\(state.count)"
            } else if state.keptAnswers > 0 {
                state.keptAnswers -= 1
            } else if state.lostAnswers > 0 {
                state.lostAnswers -= 1
                throw Diagnostic(code: "aws.network", summary: "the answer was lost", hint: nil)
            }
            return "\(state.count)"
        }
    }

    func delete(_ name: String, version: String) async throws -> Bool {
        await Task.yield()
        return state.withLock { state in
            guard state.objects[name].map({ "\($0.version)" }) == version else { return false }
            state.objects[name] = nil
            return true
        }
    }
}
