/// How long an outage of a service is borne by what the current task does.
///
/// Nothing at first, so that who waits at a terminal soon hears of it. Where much would be lost
/// with a failed call, such as a machine that was worked on for an hour, whoever starts the work
/// sets it.
package enum OutagePatience {
    /// For what rests on other work: an outage of minutes costs less than to do that again.
    package static let longSeconds: Double = 600

    /// How long calls are repeated while a service does not answer, in seconds.
    @TaskLocal package static var seconds: Double = 0
}
