/// What a drawing's colours and lines mean.
struct GraphLegend {
    /// One thing to explain.
    struct Entry {
        /// Whose colour it has; nil for none.
        let state: StageState?
        let isEphemeral: Bool
        let text: String
    }

    let entries: [Entry]

    /// What has to be explained of a drawing: the states of a plan, and stages that do not last.
    init(_ drawing: GraphDrawing) {
        let states =
            drawing.plan == nil
            ? []
            : StageState.allCases.map {
                Entry(state: $0, isEphemeral: false, text: "\($0.rawValue): \(Self.meaning($0))")
            }
        let isNeeded = drawing.graph.stages.contains(where: \.isEphemeral)
        entries =
            states
            + (isNeeded
                ? [Entry(state: nil, isEphemeral: true, text: "ephemeral: only during a run")] : [])
    }

    private static func meaning(_ state: StageState) -> String {
        switch state {
        case .fresh: "up to date"
        case .run: "will run"
        case .maybe: "runs if what it needs changes"
        case .blocked: "cannot run"
        }
    }
}

extension StageState {
    /// What a box of the state is filled with, under dark text.
    var fillColor: String {
        switch self {
        case .fresh: "#c8e6c9"
        case .run: "#ffcc80"
        case .maybe: "#fff59d"
        case .blocked: "#ef9a9a"
        }
    }

    /// The same under light text, for whoever reads in the dark.
    var darkFillColor: String {
        switch self {
        case .fresh: "#1b5e20"
        case .run: "#7a4100"
        case .maybe: "#5d5400"
        case .blocked: "#8e1b1b"
        }
    }
}
