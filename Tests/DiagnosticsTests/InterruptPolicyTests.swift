import Diagnostics
import Glibc
import Testing

struct InterruptPolicyTests {
    private func meanings(_ signals: [(Int32, Double)]) -> [InterruptPolicy.Meaning] {
        var policy = InterruptPolicy()
        return signals.map { policy.receive($0.0, atSeconds: $0.1) }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `the same signal counts again only after a second`(number: Int32) {
        #expect(
            meanings([(number, 7), (number, 7.01), (number, 7.9), (number, 8), (number, 8.1)])
                == [.first, .same, .same, .again, .again])
    }

    @Test func `a closed terminal and its shell are one interruption`() {
        #expect(
            meanings([(SIGHUP, 1), (SIGHUP, 1.2), (SIGTERM, 3), (SIGINT, 4), (SIGTERM, 3.5)])
                == [.first, .same, .same, .same, .same])
    }

    @Test func `whoever repeats the other kind is heard too`() {
        #expect(meanings([(SIGINT, 0), (SIGTERM, 10), (SIGTERM, 12)]) == [.first, .same, .again])
    }
}
