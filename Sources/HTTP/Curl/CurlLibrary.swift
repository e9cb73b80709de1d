import CCurl

/// libcurl, loaded once, by the first thread that needs it.
///
/// Not linked: the dynamic linker would spend about 5 ms on libcurl's thirty libraries in every
/// run, also in one that sends nothing.
// SAFETY: the table is written once before it is shared, then only read, and never freed; the
// functions it points to are thread-safe as long as each handle stays with one thread.
struct CurlLibrary: @unchecked Sendable {
    let table: UnsafePointer<dss_curl>

    /// 7.88, where `CURLOPT_QUICK_EXIT`, `CURLOPT_PROTOCOLS_STR` and
    /// `CURLOPT_PREREQFUNCTION` all exist.
    private static let lowestVersion: UInt32 = 0x07_58_00

    /// The library, or why there is none.
    static let shared: Result<CurlLibrary, LoadFailure> = load()

    /// Why libcurl cannot be used.
    struct LoadFailure: Error {
        let message: String
    }

    var functions: dss_curl { table.pointee }

    private static func load() -> Result<CurlLibrary, LoadFailure> {
        let table = UnsafeMutablePointer<dss_curl>.allocate(capacity: 1)
        table.initialize(to: dss_curl())
        if let problem = dss_curl_load(table) {
            return .failure(
                LoadFailure(
                    message: "cannot load `libcurl.so.4` (package `libcurl4`): "
                        + String(cString: problem)))
        }
        // Thread-safe since 7.84, and `shared` runs it once.
        guard table.pointee.global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            return .failure(LoadFailure(message: "`curl_global_init` failed"))
        }
        let version = dss_version_number(table)
        guard version >= lowestVersion else {
            let found = [16, 8, 0].map { String(version >> $0 & 0xff) }.joined(separator: ".")
            return .failure(LoadFailure(message: "libcurl is \(found), 7.88 is the lowest"))
        }
        return .success(CurlLibrary(table: UnsafePointer(table)))
    }
}
