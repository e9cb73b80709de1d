import Glibc

/// Processor time, which says what work costs however busy the machine is.
package enum ProcessorClock {
    /// What this thread used so far, in seconds.
    package static func ofThread() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
