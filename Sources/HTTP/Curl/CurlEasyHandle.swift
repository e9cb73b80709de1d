import CCurl

/// One libcurl transfer handle with typed options; stays on the thread of its loop.
final class CurlEasyHandle {
    let raw: UnsafeMutableRawPointer
    private let library: CurlLibrary
    private let errorText: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?
    /// The first option that libcurl refused.
    private(set) var refused: CURLcode?

    /// A fresh handle; nil where memory ran out.
    init?(_ library: CurlLibrary) {
        guard let raw = library.functions.easy_init() else { return nil }
        self.raw = raw
        self.library = library
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
    }

    deinit {
        // Cleaning up may still write to the error text: it goes last.
        library.functions.easy_cleanup(raw)
        library.functions.slist_free_all(headers)
        errorText.deallocate()
    }

    /// libcurl's words for what went wrong.
    func message(for code: CURLcode) -> String {
        let own = String(cString: errorText)
        if !own.isEmpty { return own }
        return library.functions.easy_strerror(code).map { String(cString: $0) } ?? "unknown"
    }

    /// Sets a number or a switch.
    func set(_ option: CURLoption, _ value: Int) {
        note(dss_set_long(library.table, raw, option, value))
    }

    /// Sets a 64-bit size.
    func set(_ option: CURLoption, sizeBytes: UInt64) {
        note(dss_set_size(library.table, raw, option, curl_off_t(sizeBytes)))
    }

    /// Sets a text, which libcurl copies.
    func set(_ option: CURLoption, _ value: String) {
        note(value.withCString { dss_set_text(library.table, raw, option, $0) })
    }

    /// Takes back a text, and libcurl's own default with it.
    func clear(_ option: CURLoption) { note(dss_set_text(library.table, raw, option, nil)) }

    /// Sets a pointer, which must outlive the handle.
    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        note(dss_set_pointer(library.table, raw, option, value))
    }

    /// Sets the callback that moves data: body up, body down or a header line.
    func set(_ option: CURLoption, callback: @escaping dss_data_fn) {
        note(dss_set_data(library.table, raw, option, callback))
    }

    /// Sets the callback that rewinds the upload.
    func setSeek(_ callback: @escaping dss_seek_fn) {
        note(dss_set_seek(library.table, raw, callback))
    }

    /// Sets the callback that runs right before the request is sent, each time it is sent.
    func setBeforeRequest(_ callback: @escaping dss_prereq_fn) {
        note(dss_set_prereq(library.table, raw, callback))
    }

    /// Sets the callback that opens a socket.
    func setOpenSocket(_ callback: @escaping dss_socket_fn) {
        note(dss_set_socket(library.table, raw, callback))
    }

    /// Sets the request's header lines, in libcurl's notation.
    func setHeaders(_ lines: [String]) {
        for line in lines {
            guard let longer = line.withCString({ library.functions.slist_append(headers, $0) })
            else { return note(CURLE_OUT_OF_MEMORY) }
            headers = longer
        }
        if let headers { set(CURLOPT_HTTPHEADER, UnsafeMutableRawPointer(headers)) }
    }

    /// Lets a paused transfer go on.
    func resume() {
        _ = library.functions.easy_pause(raw, Int32(CURLPAUSE_CONT))
    }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK, refused == nil { refused = code }
    }
}
