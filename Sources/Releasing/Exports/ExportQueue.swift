/// Whose turn it is to have an export task in one region: a pure state machine.
///
/// | state | what holds | who moves it on, why |
/// |---|---|---|
/// | waiting | asks EC2 nothing | a holder that leaves, where image and region have room |
/// | holding | asks EC2 for a task, or has one | itself: refused, or leaves |
/// | refused | EC2 had no room, though there is here: others use it up | a holder that leaves |
///
/// Who is refused keeps its place, so that no more ask than could be taken. While one is refused
/// for the region's limit, nobody else is let in: the room that comes free is its own.
///
/// Source: <https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html>
struct ExportQueue: Sendable {
    /// Tasks at once in a region; one that was raised shows in nothing that could be asked.
    static let regionLimit = 5

    /// Names one that wants a task.
    typealias Ticket = Int

    /// Which limit EC2 refused for.
    enum Limit: Sendable, Equatable {
        case image
        case region
    }

    private struct Place: Sendable {
        let ticket: Ticket
        let imageId: String
        var refused: Limit?
    }

    private var holding: [Place] = []
    private var waiting: [Place] = []

    /// Lines up.
    ///
    /// - Parameter isRunning: whether its task works already, which takes a place whether there is
    ///   room or not.
    /// - Returns: who is let in by that.
    mutating func ask(_ ticket: Ticket, imageId: String, isRunning: Bool) -> [Ticket] {
        let place = Place(ticket: ticket, imageId: imageId)
        if isRunning {
            holding.append(place)
            return [ticket]
        }
        waiting.append(place)
        return admit()
    }

    /// Says that EC2 had no room.
    mutating func refused(_ ticket: Ticket, for limit: Limit) {
        if let index = holding.firstIndex(where: { $0.ticket == ticket }) {
            holding[index].refused = limit
        }
    }

    /// Says that EC2 took the task after all.
    ///
    /// - Returns: who is let in by that.
    mutating func accepted(_ ticket: Ticket) -> [Ticket] {
        if let index = holding.firstIndex(where: { $0.ticket == ticket }) {
            holding[index].refused = nil
        }
        return admit()
    }

    /// Steps out, whether it held a place or waited for one.
    ///
    /// - Returns: who of the refused should ask EC2 again at once, and who is let in.
    mutating func leave(_ ticket: Ticket) -> (again: [Ticket], admitted: [Ticket]) {
        let left = (holding + waiting).first { $0.ticket == ticket }
        let hadTask = holding.contains { $0.ticket == ticket && $0.refused == nil }
        holding.removeAll { $0.ticket == ticket }
        waiting.removeAll { $0.ticket == ticket }
        guard let left else { return ([], []) }
        var again: [Ticket] = []
        if hadTask {
            again = holding.filter { $0.refused == .image && $0.imageId == left.imageId }
                .map(\.ticket)
            if let next = holding.first(where: { $0.refused == .region }) {
                again.append(next.ticket)
            }
        }
        return (again, admit())
    }

    private mutating func admit() -> [Ticket] {
        var admitted: [Ticket] = []
        while holding.count < Self.regionLimit,
            !holding.contains(where: { $0.refused == .region }),
            let index = waiting.firstIndex(where: { place in
                !holding.contains { $0.imageId == place.imageId }
            })
        {
            admitted.append(waiting[index].ticket)
            holding.append(waiting.remove(at: index))
        }
        return admitted
    }
}
