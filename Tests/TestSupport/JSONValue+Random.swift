package import JSON
import OrderedCollections

extension JSONValue {
    /// Any value, with awkward texts and numbers among its leaves.
    package static func random(using generator: inout some RandomNumberGenerator, depth: Int = 4)
        -> JSONValue
    {
        switch Int.random(in: depth > 0 ? 0...6 : 0...4, using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3:
            let number = Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator))
            return .number(number.isFinite ? number : 0.5)
        case 4: return .string(text(using: &generator))
        case 5:
            return .array(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                    random(using: &generator, depth: depth - 1)
                })
        default:
            var members: OrderedDictionary<String, JSONValue> = [:]
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let key = text(using: &generator).filter { $0 != "\0" }
                members[key] = random(using: &generator, depth: depth - 1)
            }
            return .object(members)
        }
    }

    /// The same value with the keys of every object in another order.
    package func shuffled(using generator: inout some RandomNumberGenerator) -> JSONValue {
        switch self {
        case .array(let elements):
            return .array(elements.map { $0.shuffled(using: &generator) })
        case .object(let members):
            var mixed: OrderedDictionary<String, JSONValue> = [:]
            for (key, value) in members.elements.shuffled(using: &generator) {
                mixed[key] = value.shuffled(using: &generator)
            }
            return .object(mixed)
        default: return self
        }
    }

    private static func text(using generator: inout some RandomNumberGenerator) -> String {
        let alphabet = Array("ab\"\\/\n\t\0\u{1F} ä€😀~\u{2028}\u{7F}")
        return String(
            (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                alphabet[Int.random(in: alphabet.indices, using: &generator)]
            })
    }
}
