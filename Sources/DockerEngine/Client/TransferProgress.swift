/// How far a pull or push is.
package struct TransferProgress: Sendable, Equatable {
    /// From 0 to 100; never less than before.
    package let percent: Int
    /// Such as `12 of 40 MB, 3 of 5 layers`.
    package let message: String

    /// Makes one.
    package init(percent: Int, message: String) {
        self.percent = percent
        self.message = message
    }
}

/// Adds up what the engine says of single layers.
struct TransferMeter: Sendable {
    private struct Layer {
        var doneBytes: Int64 = 0
        var totalBytes: Int64 = 0
        /// A pulled layer's bytes count once when they come and once when they are unpacked.
        var unpackedBytes: Int64 = 0
        var isComplete = false
    }

    private static let layerLimitBytes: Int64 = 1 << 44

    /// Whether layers are unpacked after they have come.
    let isPull: Bool
    private var layers: [String: Layer] = [:]
    private var last: TransferProgress?

    init(isPull: Bool) { self.isPull = isPull }

    /// Takes a line of the stream.
    ///
    /// - Returns: what is new; nil where nobody would see a difference.
    mutating func take(_ line: TransferLine) -> TransferProgress? {
        guard let id = line.id, line.concernsLayer else { return nil }
        var layer = layers[id] ?? Layer()
        // Bounded, so that no number of an engine's makes the sums overflow.
        let announced = min(max(0, line.totalBytes ?? 0), Self.layerLimitBytes)
        layer.totalBytes = max(layer.totalBytes, announced)
        let current = min(max(0, line.currentBytes ?? 0), layer.totalBytes)
        switch line.status {
        case "Extracting":
            layer.doneBytes = layer.totalBytes
            layer.unpackedBytes = max(layer.unpackedBytes, current)
        case "Download complete": layer.doneBytes = layer.totalBytes
        case "Pull complete", "Pushed", "Layer already exists", "Already exists":
            layer.isComplete = true
        case let status where status.hasPrefix("Mounted from"): layer.isComplete = true
        default: layer.doneBytes = max(layer.doneBytes, current)
        }
        layers[id] = layer
        return news()
    }

    private mutating func news() -> TransferProgress? {
        var done: Int64 = 0
        var total: Int64 = 0
        var moved: Int64 = 0
        var complete = 0
        for layer in layers.values {
            let weight = layer.totalBytes * (isPull ? 2 : 1)
            total += weight
            done += layer.isComplete ? weight : layer.doneBytes + layer.unpackedBytes
            moved += layer.isComplete ? layer.totalBytes : layer.doneBytes
            if layer.isComplete { complete += 1 }
        }
        let isOver = complete == layers.count
        let share = total > 0 ? Int(done * 100 / total) : isOver ? 100 : 0
        // Layers whose size is not known yet may still come.
        let percent = max(last?.percent ?? 0, isOver ? share : min(share, 99))
        let sizes = "\(Self.megabytes(moved)) of \(Self.megabytes(total / (isPull ? 2 : 1))) MB"
        let next = TransferProgress(
            percent: percent, message: "\(sizes), \(complete) of \(layers.count) layers")
        defer { last = next }
        let isNew =
            last?.percent != percent
            || last?.message.hasSuffix(
                "\(complete) of \(layers.count) layers") != true
        return isNew ? next : nil
    }

    private static func megabytes(_ bytes: Int64) -> Int64 { (bytes + 500_000) / 1_000_000 }
}
