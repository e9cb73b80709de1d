import Glibc

/// Repeats a system call that a signal interrupted.
///
/// - Returns: what the call returned; where that is -1, `errno` is not `EINTR`.
package func retryingInterrupted<Number: SignedInteger>(_ call: () -> Number) -> Number {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
