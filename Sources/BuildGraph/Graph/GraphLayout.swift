/// Where the stages of a graph are drawn: columns from left to right by the longest way from a
/// stage that needs nothing, so that every edge goes to the right.
///
/// An edge that crosses columns gets a narrow row of its own in each, so that it passes between
/// boxes and not behind them. Lengths are pixels.
struct GraphLayout {
    /// A place on the drawing.
    struct Point: Equatable {
        var x: Double
        var y: Double
    }

    static let boxHeight = 46.0
    private static let rowHeight = 62.0
    private static let passageHeight = 18.0
    private static let columnGap = 56.0
    private static let margin = 12.0
    private static let sweeps = 4

    /// The left upper corner of each stage's box, by number.
    let corners: [Point]
    /// The places that each edge goes through, from the right side of one box to the left of
    /// another.
    let ways: [[Point]]
    let width: Double
    let height: Double

    /// What stands in a column.
    private enum Slot: Hashable {
        case box(Int)
        /// An edge, by its number, on its way to a later column.
        case passage(edge: Int)
    }

    /// Lays a graph out.
    ///
    /// - Parameters:
    ///   - count: how many stages there are.
    ///   - edges: from smaller to greater numbers.
    ///   - boxWidth: of every box.
    init(count: Int, edges: [(from: Int, to: Int)], boxWidth: Double) {
        var column = Array(repeating: 0, count: count)
        for edge in edges.sorted(by: { $0.to < $1.to }) {
            column[edge.to] = max(column[edge.to], column[edge.from] + 1)
        }
        let columns = Self.ordered(Self.columns(column, edges), column, edges)
        let tallest = columns.map(Self.height).max() ?? 0
        let centers = columns.map { Self.centers(of: $0, tallest: tallest) }
        func left(_ column: Int) -> Double {
            Self.margin + Double(column) * (boxWidth + Self.columnGap)
        }
        func center(_ slot: Slot, _ column: Int) -> Double { centers[column][slot] ?? 0 }
        corners = column.enumerated().map { number, column in
            Point(x: left(column), y: center(.box(number), column) - Self.boxHeight / 2)
        }
        ways = edges.enumerated().map { number, edge in
            let (from, to) = (column[edge.from], column[edge.to])
            let passed = ((from + 1)..<to).flatMap { column in
                let y = center(.passage(edge: number), column)
                return [Point(x: left(column), y: y), Point(x: left(column) + boxWidth, y: y)]
            }
            return [Point(x: left(from) + boxWidth, y: center(.box(edge.from), from))] + passed
                + [Point(x: left(to), y: center(.box(edge.to), to))]
        }
        width = left(max(columns.count, 1)) - Self.columnGap + Self.margin
        height = tallest + 2 * Self.margin
    }

    /// The middle of each slot of a column, which itself stands in the middle.
    private static func centers(of slots: [Slot], tallest: Double) -> [Slot: Double] {
        var y = margin + (tallest - height(slots)) / 2
        var centers: [Slot: Double] = [:]
        for slot in slots {
            centers[slot] = y + height(slot) / 2
            y += height(slot)
        }
        return centers
    }

    private static func height(_ slots: [Slot]) -> Double { slots.reduce(0) { $0 + height($1) } }

    private static func height(_ slot: Slot) -> Double {
        if case .box = slot { rowHeight } else { passageHeight }
    }

    private static func columns(
        _ column: [Int], _ edges: [(from: Int, to: Int)]
    ) -> [[Slot]] {
        var columns: [[Slot]] = Array(repeating: [], count: (column.max() ?? -1) + 1)
        for (number, place) in column.enumerated() { columns[place].append(.box(number)) }
        for (number, edge) in edges.enumerated() {
            for place in (column[edge.from] + 1)..<column[edge.to] {
                columns[place].append(.passage(edge: number))
            }
        }
        return columns
    }

    /// Sorts each column by where its neighbours to the left are, and then to the right, so that
    /// few edges cross.
    ///
    /// Source: the barycentre method, <https://doi.org/10.1109/TSMC.1981.4308636>
    private static func ordered(
        _ columns: [[Slot]], _ column: [Int], _ edges: [(from: Int, to: Int)]
    ) -> [[Slot]] {
        var columns = columns
        var (before, after): ([Slot: [Slot]], [Slot: [Slot]]) = ([:], [:])
        // A passage is one slot in every column that it crosses: a neighbour of itself.
        for (number, edge) in edges.enumerated() {
            let isNear = column[edge.to] == column[edge.from] + 1
            let passage = Slot.passage(edge: number)
            before[.box(edge.to), default: []].append(isNear ? .box(edge.from) : passage)
            after[.box(edge.from), default: []].append(isNear ? .box(edge.to) : passage)
            if !isNear {
                before[passage, default: []] += [.box(edge.from), passage]
                after[passage, default: []] += [.box(edge.to), passage]
            }
        }
        for sweep in 0..<sweeps {
            let isForward = sweep.isMultiple(of: 2)
            let order = isForward ? Array(columns.indices) : columns.indices.reversed()
            for (neighbour, here) in zip(order, order.dropFirst()) {
                columns[here] = sorted(
                    columns[here], by: columns[neighbour], isForward ? before : after)
            }
        }
        return columns
    }

    private static func sorted(
        _ slots: [Slot], by others: [Slot], _ neighbours: [Slot: [Slot]]
    ) -> [Slot] {
        let places = Dictionary(uniqueKeysWithValues: others.enumerated().map { ($1, $0) })
        let weighed = slots.enumerated().map { place, slot in
            let found = (neighbours[slot] ?? []).compactMap { places[$0] }
            let mean = Double(found.reduce(0, +)) / Double(max(found.count, 1))
            return (weight: found.isEmpty ? Double(place) : mean, place: place, slot: slot)
        }
        return weighed.sorted { ($0.weight, $0.place) < ($1.weight, $1.place) }.map(\.slot)
    }
}
