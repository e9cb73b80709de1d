/// What a container without a terminal writes, as the engine packs it: frames of a type, three
/// zeros, a length of four bytes, and the bytes.
///
/// Source: <https://docs.docker.com/reference/api/engine/version/v1.43/#tag/Container/operation/ContainerAttach>
enum LogFrames {
    private static let headBytes = 8

    /// The text of all frames, in order; a cut last frame is taken as far as it goes.
    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var position = 0
        while bytes.count - position >= headBytes {
            let head = bytes[position..<position + headBytes]
            // A container with a terminal has no frames.
            guard bytes[position] <= 2, head.dropFirst().prefix(3).allSatisfy({ $0 == 0 }) else {
                break
            }
            let length = head.suffix(4).reduce(0) { $0 << 8 | Int($1) }
            position += headBytes
            let end = min(bytes.count, position + length)
            text += bytes[position..<end]
            position = end
        }
        return String(decoding: position == 0 ? bytes : text, as: UTF8.self)
    }
}
