package import BuildGraph

/// How long a run will take: what was recorded of each stale stage, else an experience.
package enum ExpectedDuration {
    /// Seconds by group of stages, as releases on AWS took them.
    private static let usualSeconds: [String: Double] = [
        "instance": 180, "install": 1200, "check": 60, "reset-password": 60, "ami": 900,
        "ami-copy": 900, "export": 2700, "verify": 600, "docker": 1200,
    ]
    private static let otherSeconds = 30.0

    /// The sum over what will or may run; an upper bound, for much of it runs side by side.
    package static func seconds(of plan: Plan) -> Double {
        plan.stages.filter { $0.state == .run || $0.state == .maybe }.reduce(0) {
            $0 + seconds(group: $1.group, recorded: $1.expectedSeconds)
        }
    }

    /// One stage's.
    package static func seconds(group: String, recorded: Double?) -> Double {
        recorded ?? usualSeconds[group] ?? otherSeconds
    }
}
