import AWS

/// One creation, update or deletion of a stack, as its events tell it.
struct StackOperation {
    /// The events of this operation alone, the oldest first.
    let events: [StackEvent]
    private let stackName: String

    private static let starts: Set = [
        "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS",
        "REVIEW_IN_PROGRESS",
    ]

    /// Cuts the last operation out of a stack's events.
    ///
    /// - Parameters:
    ///   - newestFirst: as CloudFormation lists them.
    ///   - token: of the call that began it, so that an earlier operation is not taken for it; nil
    ///     where somebody else began it.
    init(newestFirst: [StackEvent], stackName: String, token: String?) {
        self.stackName = stackName
        let start = newestFirst.firstIndex {
            Self.isStart($0, of: stackName, token: token)
        }
        events = start.map { newestFirst[...$0].reversed() } ?? []
    }

    /// Whether an operation of that stack begins with the event.
    static func isStart(_ event: StackEvent, of stackName: String, token: String?) -> Bool {
        isStack(event, stackName) && starts.contains(event.resourceStatus ?? "")
            && (token == nil || event.clientToken == token)
    }

    /// The event that everything else which went wrong follows from.
    ///
    /// What was only cancelled, because something else had failed, is no cause.
    var firstFailure: StackEvent? {
        let failures = events.filter { event in
            event.resourceStatus?.hasSuffix("_FAILED") == true && event.resourceStatusReason != nil
        }
        let own = failures.filter { !Self.wasCancelled($0) && !Self.isStack($0, stackName) }
        return own.first ?? failures.first { !Self.wasCancelled($0) }
    }

    /// What failed first, in one line; nil where the events name no cause.
    var firstCause: String? {
        firstFailure.map { event in
            "\(event.logicalResourceId ?? stackName): \(event.resourceStatusReason ?? "")"
        }
    }

    /// The resources that could not be rolled back or deleted.
    var stuck: [String] {
        let back = events.drop {
            !(Self.isStack($0, stackName)
                && $0.resourceStatus?.hasSuffix("ROLLBACK_IN_PROGRESS") == true)
        }
        let isDeletion = events.first?.resourceStatus == "DELETE_IN_PROGRESS"
        var seen: Set<String> = []
        return (isDeletion ? events[...] : back).filter {
            $0.resourceStatus?.hasSuffix("_FAILED") == true && !Self.isStack($0, stackName)
                && !Self.wasCancelled($0)
        }.compactMap(\.logicalResourceId).filter { seen.insert($0).inserted }
    }

    /// One event as a line of progress.
    static func line(_ event: StackEvent) -> String {
        [
            event.logicalResourceId, event.resourceType.map { "(\($0))" }, event.resourceStatus,
            event.resourceStatusReason.map { "- \($0)" },
        ].compactMap { $0 }.joined(separator: " ")
    }

    private static func isStack(_ event: StackEvent, _ name: String) -> Bool {
        event.logicalResourceId == name
            && [nil, "AWS::CloudFormation::Stack"].contains(event.resourceType)
    }

    private static func wasCancelled(_ event: StackEvent) -> Bool {
        // "Resource creation cancelled", "Resource update cancelled".
        event.resourceStatusReason?.hasSuffix("cancelled") == true
    }
}
