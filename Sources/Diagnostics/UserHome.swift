import Glibc

/// Where people's own files lie.
package enum UserHome {
    /// This user's folder: `HOME`, else what the system's list of users says.
    ///
    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - listed: the list; nil where it does not know the user.
    package static func folder(
        _ environment: [String: String], listed: (_ user: String?) -> String? = Self.listed
    ) -> String? {
        if let home = environment["HOME"], !home.isEmpty { return home }
        return listed(nil)
    }

    /// What the system's list of users says.
    ///
    /// - Parameter user: a name; nil for who runs this process.
    package static func listed(_ user: String?) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        let code =
            if let user {
                getpwnam_r(user, &entry, &buffer, buffer.count, &found)
            } else {
                getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found)
            }
        guard code == 0, found != nil, let folder = entry.pw_dir else { return nil }
        return String(cString: folder)
    }
}
