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

    /// A path with `~` or `~user` at its beginning in place; nil where nobody is called so.
    ///
    /// - Parameter home: a user's folder, or one's own for nil.
    package static func expand(
        _ path: String, home: (_ user: String?) -> String?
    ) -> String? {
        guard path.hasPrefix("~") else { return path }
        let name = path.dropFirst().prefix { $0 != "/" }
        guard var folder = home(name.isEmpty ? nil : String(name)) else { return nil }
        while folder.hasSuffix("/") { folder.removeLast() }
        let expanded = folder + path.dropFirst(1 + name.count)
        return expanded.isEmpty ? "/" : expanded
    }

    /// What the system's list of users says.
    ///
    /// - Parameter user: a name; nil for who runs this process.
    package static func listed(_ user: String?) -> String? {
        // What the entry points to lies in here.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { room in
            var entry = passwd()
            guard let start = room.baseAddress else { return nil }
            var found: UnsafeMutablePointer<passwd>?
            let code =
                if let user {
                    getpwnam_r(user, &entry, start, room.count, &found)
                } else {
                    getpwuid_r(getuid(), &entry, start, room.count, &found)
                }
            guard code == 0, found != nil, let folder = entry.pw_dir else { return nil }
            return String(cString: folder)
        }
    }
}
