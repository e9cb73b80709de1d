import Glibc

/// Processor time, which says what work costs however busy the machine is.
package enum ProcessorClock {
    /// What all threads of this process used so far, in seconds.
    package static func ofProcess() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

    /// What this thread used so far, in seconds.
    package static func ofThread() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
