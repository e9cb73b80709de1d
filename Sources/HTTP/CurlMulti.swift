import CCurl
import Diagnostics

/// libcurl's multi handle with its transfers; stays on the loop's thread.
final class CurlMulti {
    let library: CurlLibrary
    let raw: UnsafeMutableRawPointer
    private let configuration: CurlTransport.Configuration
    private let clock = SystemTimeSource()
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]

    /// Longest sleep; a command or a socket ends it before.
    private static let longestPollSeconds = 60.0

    /// A handle with no transfers; nil where memory ran out.
    init?(_ library: CurlLibrary, _ configuration: CurlTransport.Configuration) {
        guard let raw = library.functions.multi_init() else { return nil }
        self.library = library
        self.raw = raw
        self.configuration = configuration
        _ = dss_multi_set_long(
            library.table, raw, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.connectionsPerHost)
    }

    deinit { _ = library.functions.multi_cleanup(raw) }

    /// Begins a transfer, unless its task has given up meanwhile.
    func start(_ exchange: CurlExchange) {
        guard exchange.isOpen else { return }
        guard let transfer = CurlTransfer(exchange, library: library) else {
            return exchange.finish(.failure(exchange.request.refusal("libcurl has no memory")))
        }
        do {
            try transfer.configure(configuration)
        } catch {
            return exchange.finish(.failure(error))
        }
        let code = library.functions.multi_add_handle(raw, transfer.handle.raw)
        guard code == CURLM_OK else {
            return exchange.finish(
                .failure(exchange.request.refusal("libcurl takes no transfer (\(code.rawValue))")))
        }
        transfers[ObjectIdentifier(exchange)] = transfer
    }

    /// Lets a paused transfer go on.
    func resume(_ exchange: CurlExchange) {
        transfers[ObjectIdentifier(exchange)]?.resume()
    }

    /// Ends a transfer whose task has its result already.
    func stop(_ exchange: CurlExchange) {
        guard let transfer = transfers.removeValue(forKey: ObjectIdentifier(exchange)) else {
            return
        }
        _ = library.functions.multi_remove_handle(raw, transfer.handle.raw)
    }

    /// Ends all transfers as failures.
    func stopAll() {
        for transfer in transfers.values {
            end(transfer, .failure(transfer.failure(.other, "the transport was closed")))
        }
    }

    /// Moves what can be moved, and ends what is finished or late.
    func perform() {
        var running: Int32 = 0
        _ = library.functions.multi_perform(raw, &running)
        var code = CURLE_OK
        while let handle = dss_next_finished(library.table, raw, &code) {
            var user: UnsafeMutableRawPointer?
            _ = dss_get_pointer(library.table, handle, CURLINFO_PRIVATE, &user)
            if let transfer = CurlTransfer.of(user) { end(transfer, transfer.result(for: code)) }
        }
        let now = clock.monotonicSeconds()
        for transfer in transfers.values {
            transfer.flush()
            if transfer.deadlineSeconds <= now {
                end(transfer, .failure(transfer.timeoutFailure(nowSeconds: now)))
            }
        }
    }

    /// Sleeps until a socket, a command, libcurl or a time limit has something to do.
    func poll() {
        let now = clock.monotonicSeconds()
        let next = transfers.values.map { $0.deadlineSeconds - now }.min() ?? .infinity
        let seconds = min(max(next, 0), Self.longestPollSeconds)
        let milliseconds = Int32((seconds * 1000).rounded(.up))
        _ = library.functions.multi_poll(raw, nil, 0, milliseconds, nil)
    }

    private func end(_ transfer: CurlTransfer, _ result: Result<Void, any Error>) {
        stop(transfer.exchange)
        transfer.exchange.finish(result)
    }
}
