import CCurl
import Diagnostics

/// One request while the loop works on it: its handle, its callbacks and its clocks.
///
/// Lives on the loop's thread only; libcurl's callbacks get it as their user pointer.
final class CurlTransfer {
    let exchange: CurlExchange
    let handle: CurlEasyHandle
    /// Whether libcurl works on it; else it waits for its turn.
    var isAdded = false
    private let clock = SystemTimeSource()
    private let startSeconds: Double
    private var head = ResponseHeadParser()
    private var sentBytes: UInt64 = 0
    /// When a byte last moved.
    private var activitySeconds: Double
    private var hasNews = false
    /// How many times libcurl was about to send the request: 0 means that the server saw nothing.
    private(set) var sendings = 0
    /// Why a callback ended the transfer; goes before libcurl's own words.
    private(set) var ownFailure: HTTPFailure?

    /// Takes an exchange over; nil where libcurl has no memory for it.
    init?(_ exchange: CurlExchange, library: CurlLibrary) {
        guard let handle = CurlEasyHandle(library) else { return nil }
        self.exchange = exchange
        self.handle = handle
        startSeconds = clock.monotonicSeconds()
        activitySeconds = startSeconds
    }

    private var request: HTTPRequest { exchange.request }

    /// When the transfer has waited too long, unless something happens before; infinity for never.
    var deadlineSeconds: Double {
        let total = startSeconds + request.totalTimeoutSeconds
        // Connecting has a limit of its own, and a paused transfer waits for its reader.
        if sendings == 0 || exchange.isPaused { return total }
        return min(total, activitySeconds + request.idleTimeoutSeconds)
    }

    /// The failure for a transfer whose deadline has passed.
    func timeoutFailure(nowSeconds: Double) -> HTTPFailure {
        let isTotal = nowSeconds >= startSeconds + request.totalTimeoutSeconds
        let seconds = isTotal ? request.totalTimeoutSeconds : request.idleTimeoutSeconds
        return failure(
            isTotal ? .totalTimeout : .idleTimeout,
            isTotal
                ? "not finished within \(seconds) seconds"
                : "not one byte moved for \(seconds) seconds")
    }

    /// A failure of this transfer.
    func failure(_ kind: HTTPFailure.Kind, _ message: String) -> HTTPFailure {
        HTTPFailure(
            kind: kind, message: message, host: request.place,
            requestMayHaveReachedServer: sendings > 0)
    }

    /// Lets a paused transfer go on; the time in which it was paused is not idle.
    func resume() {
        noteActivity()
        exchange.noteResumed()
        handle.resume()
    }

    // MARK: libcurl's callbacks

    /// libcurl is about to send the request, over a connection that stands.
    ///
    /// It sends any request a second time, whatever its method, when a reused connection ends
    /// before the first byte of an answer. So this is where a second sending is refused.
    /// Source: `Curl_retry_request` in libcurl's `lib/transfer.c`, and
    /// <https://curl.se/libcurl/c/CURLOPT_PREREQFUNCTION.html>
    func mayBeSent() -> Bool {
        if sendings > 0, request.mustNotRepeat {
            ownFailure = failure(
                .connectionLost,
                "the connection ended before an answer, and the request is not to be sent twice")
            return false
        }
        sendings += 1
        // Not every resend is announced by a seek.
        sentBytes = 0
        noteActivity()
        return true
    }

    /// Fills libcurl's upload buffer; nil ends the transfer.
    func read(into target: UnsafeMutableRawBufferPointer) -> Int? {
        noteActivity()
        guard let upload = exchange.upload else { return 0 }
        guard let count = upload.read(at: sentBytes, into: target) else {
            ownFailure = failure(.badRequest, "the file that is sent was cut short meanwhile")
            return nil
        }
        sentBytes += UInt64(count)
        return count
    }

    /// Goes to another place in the upload.
    func seek(to offset: UInt64) { sentBytes = offset }

    /// Takes a header line; false ends the transfer.
    func takeHeader(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        noteActivity()
        switch head.consume(line) {
        case .more: return true
        case .complete(let response):
            exchange.offer(response)
            hasNews = true
            return true
        case .tooLong:
            ownFailure = failure(
                .other, "the answer's headers exceed \(ResponseHeadParser.limitBytes) bytes")
            return false
        }
    }

    /// Takes a piece of the body.
    func takeBody(_ piece: UnsafeBufferPointer<UInt8>) -> CurlExchange.Offer {
        noteActivity()
        hasNews = true
        return exchange.offer(piece)
    }

    /// Wakes the task when this round of the loop has brought it something.
    func flush() {
        if !hasNews { return }
        hasNews = false
        exchange.flush()
    }

    private func noteActivity() { activitySeconds = clock.monotonicSeconds() }
}
