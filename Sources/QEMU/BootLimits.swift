/// How long something within a virtual machine may take.
package struct BootLimits: Sendable, Equatable {
    /// Without any progress, in seconds in which the machine could run.
    package var stillSeconds: Double
    /// Altogether, by the clock; so long that it means only that there is no end.
    package var totalSeconds: Double

    /// Sets limits.
    package init(stillSeconds: Double, totalSeconds: Double) {
        self.stillSeconds = stillSeconds
        self.totalSeconds = totalSeconds
    }
}
