package import Diagnostics

extension Diagnostic {
    /// It as what was wrong before anything was started: a configuration error, unless a service
    /// or the network is in trouble.
    package var beforehand: Diagnostic {
        guard severity == .failure, !isTrouble else { return self }
        var problem = self
        problem.severity = .configuration
        return problem
    }
}
