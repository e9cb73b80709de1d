package import JSON

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
            let count = Int.random(in: 0...4, using: &generator)
            return JSONValue(
                members: (0..<count).map { _ in
                    let key = text(using: &generator)
                    return (key, random(using: &generator, depth: depth - 1))
                })
        }
    }

    /// The same value with the keys of every object in another order.
    package func shuffled(using generator: inout some RandomNumberGenerator) -> JSONValue {
        switch self {
        case .array(let elements):
            return .array(elements.map { $0.shuffled(using: &generator) })
        case .object(let members):
            return JSONValue(
                members: members.map { ($0.key, $0.value) }.shuffled(using: &generator).map {
                    ($0.0, $0.1.shuffled(using: &generator))
                })
        default: return self
        }
    }

    private static func text(using generator: inout some RandomNumberGenerator) -> String {
        let alphabet = Array("ab\"\\/\n\t\u{1F} ä€😀~\u{2028}\u{7F}")
        return String(
            (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                alphabet[Int.random(in: alphabet.indices, using: &generator)]
            })
    }
}
