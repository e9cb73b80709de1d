import CCurl
import Diagnostics

/// libcurl's multi handle with its transfers; stays on the loop's thread.
final class CurlMulti {
    let library: CurlLibrary
    let raw: UnsafeMutableRawPointer
    private let configuration: CurlTransport.Configuration
    private let clock = SystemTimeSource()
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]
    /// How many transfers libcurl works on, by place.
    private var working: [String: Int] = [:]
    /// Those that wait until others to the same place have ended, in order.
    ///
    /// libcurl could keep them itself, but a transfer that waits there is sometimes forgotten
    /// until its limit on connecting is over, which counts all the while (7.88).
    private var waiting: [String: [CurlTransfer]] = [:]

    /// Longest sleep; a command or a socket ends it before.
    private static let longestPollSeconds = 60.0

    /// A handle with no transfers; nil where memory ran out.
    init?(_ library: CurlLibrary, _ configuration: CurlTransport.Configuration) {
        guard let raw = library.functions.multi_init() else { return nil }
        self.library = library
        self.raw = raw
        self.configuration = configuration
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
        transfers[ObjectIdentifier(exchange)] = transfer
        let place = exchange.request.place
        if working[place, default: 0] < configuration.connectionsPerHost {
            add(transfer)
        } else {
            waiting[place, default: []].append(transfer)
        }
    }

    private func add(_ transfer: CurlTransfer) {
        let exchange = transfer.exchange
        let code = library.functions.multi_add_handle(raw, transfer.handle.raw)
        guard code == CURLM_OK else {
            transfers[ObjectIdentifier(exchange)] = nil
            return exchange.finish(
                .failure(exchange.request.refusal("libcurl takes no transfer (\(code.rawValue))")))
        }
        transfer.isAdded = true
        working[exchange.request.place, default: 0] += 1
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
        let place = exchange.request.place
        guard transfer.isAdded else {
            waiting[place]?.removeAll { $0 === transfer }
            return
        }
        _ = library.functions.multi_remove_handle(raw, transfer.handle.raw)
        working[place, default: 1] -= 1
        admit(to: place)
    }

    /// Hands libcurl those that have waited longest, as many as there is room for.
    private func admit(to place: String) {
        while working[place, default: 0] < configuration.connectionsPerHost,
            let next = waiting[place]?.first
        {
            waiting[place]?.removeFirst()
            add(next)
        }
        if waiting[place]?.isEmpty == true { waiting[place] = nil }
        if working[place] == 0 { working[place] = nil }
    }

    /// Ends all transfers as failures.
    func stopAll() {
        // None of those that wait takes the place of one that ends here.
        waiting = [:]
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
