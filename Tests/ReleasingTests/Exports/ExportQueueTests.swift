import TestSupport
import Testing

@testable import Releasing

@Suite struct ExportQueueTests {
    /// A region whose tasks others start and end as well, and everybody who wants one there.
    private struct World {
        var queue = ExportQueue()
        var images: [Int: String] = [:]
        var waiting: Set<Int> = []
        var holding: Set<Int> = []
        var refused: Set<Int> = []
        var done = 0

        mutating func admit(_ tickets: [Int]) {
            for ticket in tickets {
                #expect(waiting.remove(ticket) != nil)
                holding.insert(ticket)
            }
        }

        mutating func leave(_ ticket: Int) {
            let next = queue.leave(ticket)
            holding.remove(ticket)
            refused.remove(ticket)
            for called in next.again { #expect(refused.contains(called)) }
            admit(next.admitted)
            done += 1
        }
    }

    @Test(arguments: 0..<40)
    func `no image and no region is asked for more than EC2 takes, and everybody has a turn`(
        seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        var world = World()
        let count = 30
        for ticket in 0..<count {
            world.images[ticket] = "ami-\(Int.random(in: 0..<10, using: &generator))"
            world.waiting.insert(ticket)
            world.admit(
                world.queue.ask(ticket, imageId: world.images[ticket] ?? "", isRunning: false))
        }
        var steps = 0
        while world.done < count, steps < 5000 {
            steps += 1
            #expect(world.holding.count <= ExportQueue.regionLimit)
            #expect(Set(world.holding.map { world.images[$0] }).count == world.holding.count)
            // Never empty: else nobody would ever move on.
            guard let ticket = world.holding.sorted().randomElement(using: &generator) else {
                Issue.record("nobody holds a place, and \(count - world.done) wait")
                return
            }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                world.queue.refused(ticket, for: .region)
                world.refused.insert(ticket)
            case 1:
                world.queue.refused(ticket, for: .image)
                world.refused.insert(ticket)
            case 2:
                world.admit(world.queue.accepted(ticket))
                world.refused.remove(ticket)
            default: world.leave(ticket)
            }
        }
        #expect(world.done == count)
    }

    @Test func `the formats of an image take turns, and other images go past`() {
        var queue = ExportQueue()
        #expect(queue.ask(1, imageId: "a", isRunning: false) == [1])
        #expect(queue.ask(2, imageId: "a", isRunning: false) == [])
        #expect(queue.ask(3, imageId: "b", isRunning: false) == [3])
        #expect(queue.leave(1).admitted == [2])
    }

    @Test func `who is refused asks again as soon as an export of ours has ended`() {
        var queue = ExportQueue()
        for ticket in 1...5 {
            #expect(queue.ask(ticket, imageId: "\(ticket)", isRunning: false) == [ticket])
        }
        #expect(queue.ask(6, imageId: "6", isRunning: false) == [])
        for ticket in 3...5 { queue.refused(ticket, for: .region) }
        let next = queue.leave(1)
        #expect(next.again == [3])
        // The room is the third's: the sixth would only be refused.
        #expect(next.admitted == [])
        #expect(queue.accepted(3) == [])
        #expect(queue.leave(2).again == [4])
        #expect(queue.accepted(4) == [])
        #expect(queue.accepted(5) == [6])
    }

    @Test func `a task that works already takes its place before all who wait`() {
        var queue = ExportQueue()
        #expect(queue.ask(1, imageId: "a", isRunning: true) == [1])
        #expect(queue.ask(2, imageId: "a", isRunning: false) == [])
        #expect(queue.leave(1).admitted == [2])
    }

    @Test func `who gives up while waiting leaves no gap`() {
        var queue = ExportQueue()
        for ticket in 1...3 { _ = queue.ask(ticket, imageId: "a", isRunning: false) }
        #expect(queue.leave(2).admitted == [])
        #expect(queue.leave(1).admitted == [3])
    }
}
