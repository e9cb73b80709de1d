package import Glibc

extension stat {
    /// Whether it is a file with contents of its own: no folder, pipe, socket or device.
    package var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
}
