import Glibc

/// What standard error is: a terminal of some width, or a file.
struct Terminal {
    /// Whether a live view and colours make sense.
    let isLive: Bool
    /// In columns.
    let width: Int

    /// Looks at standard error and the environment.
    ///
    /// - Parameter plain: `--no-color` was given.
    init(environment: [String: String], plain: Bool) {
        let wanted =
            !plain && (environment["NO_COLOR"] ?? "").isEmpty && environment["CI"] == nil
            && environment["TERM"] != "dumb"
        isLive = wanted && isatty(STDERR_FILENO) == 1
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        width = isKnown ? Int(size.ws_col) : 80
    }
}
