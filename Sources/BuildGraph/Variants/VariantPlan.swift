/// What a run of one variant would do.
package enum VariantPlan: Sendable {
    /// Nothing: everything is fresh, as its seal says.
    case sealed(Seal)
    /// What the planner says.
    case planned(Plan, RecordedWorld)
    /// Nothing, because the stages that are asked for are none of its own.
    case unconcerned

    /// Whether everything that was asked for is up to date.
    package var isFresh: Bool {
        if case .planned(let plan, _) = self { plan.isFresh } else { true }
    }

    /// Whether a run would do anything: bring something up to date, or remove what one left.
    package var hasWork: Bool {
        if case .planned(let plan, let world) = self {
            !plan.isFresh || !world.left.isEmpty
        } else {
            false
        }
    }

    /// Whether it is known that the results are of the account that is worked in.
    package var isAccountCompared: Bool {
        switch self {
        case .sealed(let seal): seal.isAccountCompared
        case .planned(let plan, _): plan.isAccountCompared
        case .unconcerned: true
        }
    }

    /// The planner's plan, where one was needed.
    package var plan: Plan? { if case .planned(let plan, _) = self { plan } else { nil } }
}
