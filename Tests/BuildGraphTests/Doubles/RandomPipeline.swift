import BuildGraph
import JSON
import TestSupport

/// A random graph whose stages compute their outputs from their settings and their upstream's
/// outputs, with so few different outputs that a rerun often gives the same again.
struct RandomPipeline {
    struct Node {
        var name: StageName
        var isEphemeral: Bool
        var needs: [Int]
        var setting: Int
        var revision = 1
        var alwaysDiffers = false
    }

    var nodes: [Node]

    init(seed: UInt64, count: Int) {
        var random = SeededGenerator(seed: seed)
        nodes = (0..<count).map { number in
            let needs = (0..<number).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
            return Node(
                name: StageName(rawValue: "s\(number)"),
                isEphemeral: Int.random(in: 0..<3, using: &random) == 0, needs: needs,
                setting: Int.random(in: 0..<4, using: &random),
                alwaysDiffers: Int.random(in: 0..<4, using: &random) == 0)
        }
    }

    /// The stages; `log` is told of each that runs.
    func stages(_ log: Log) -> [FakeStage] {
        nodes.map { node in
            var stage = FakeStage(
                node.name, needs: node.needs.map { nodes[$0].name },
                inputs: [
                    .setting(pointer: "/\(node.name)", value: .integer(Int64(node.setting)))
                ], lifetime: node.isEphemeral ? .ephemeral : .durable)
            stage.revision = node.revision
            stage.alwaysDiffers = node.alwaysDiffers
            stage.body = { context in
                log.add("run \(node.name)")
                let upstream = try context.outputs(of: FakeStage.self)
                let sum = upstream.values.reduce(node.setting) { $0 + (Int($1.value) ?? 0) }
                if node.alwaysDiffers { return String(2 * log.next() + sum % 2) }
                return String(sum % 2)
            }
            // Equal outputs of different settings do not overwrite each other, so that the
            // history grows long.
            stage.identityText = "\(node.setting)"
            stage.down = { _ in log.add("down \(node.name)") }
            return stage
        }
    }

    /// Changes one thing; what was changed back and forth returns to its old value.
    mutating func change(_ random: inout SeededGenerator) {
        let place = Int.random(in: 0..<nodes.count, using: &random)
        if Int.random(in: 0..<5, using: &random) == 0 {
            nodes[place].revision = 3 - nodes[place].revision
        } else {
            nodes[place].setting = Int.random(in: 0..<4, using: &random)
        }
    }

    /// Every node that reads this one's outputs, however indirectly, and itself.
    func reachable(from place: Int) -> Set<StageName> {
        var found: Set<Int> = [place]
        for (number, node) in nodes.enumerated() where !found.isDisjoint(with: node.needs) {
            found.insert(number)
        }
        return Set(found.map { nodes[$0].name })
    }
}
