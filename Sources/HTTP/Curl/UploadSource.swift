import Diagnostics
import Glibc

/// What a request sends, readable from any of its bytes on.
enum UploadSource: Sendable {
    case bytes([UInt8])
    case file(OpenFile, offset: UInt64, sizeBytes: UInt64)

    /// Opens what the request sends; nil where it sends nothing.
    ///
    /// - Throws: `HTTPFailure` of kind `bad-request` when the file cannot be read or is too short.
    init?(_ request: HTTPRequest) throws {
        switch request.body {
        case .none: return nil
        case .bytes(let bytes): self = .bytes(bytes)
        case .file(let path, let offset, let sizeBytes):
            let file = try OpenFile(path: path, for: request)
            let (end, overflow) = offset.addingReportingOverflow(sizeBytes)
            guard !overflow, end <= file.sizeBytes else {
                throw request.refusal(
                    "`\(path)` has \(file.sizeBytes) bytes: too short for \(sizeBytes) bytes "
                        + "from byte \(offset)")
            }
            self = .file(file, offset: offset, sizeBytes: sizeBytes)
        }
    }

    /// Its length.
    var sizeBytes: UInt64 {
        switch self {
        case .bytes(let bytes): UInt64(bytes.count)
        case .file(_, _, let sizeBytes): sizeBytes
        }
    }

    /// Copies bytes into `target`.
    ///
    /// - Parameter position: the first one, counted from the upload's start.
    /// - Returns: how many; 0 at the end, nil where the file cannot be read or has been cut short.
    func read(at position: UInt64, into target: UnsafeMutableRawBufferPointer) -> Int? {
        let wanted = Int(min(UInt64(target.count), sizeBytes - min(position, sizeBytes)))
        guard wanted > 0 else { return 0 }
        switch self {
        case .bytes(let bytes):
            bytes.withUnsafeBytes { source in
                let part = source[Int(position)..<Int(position) + wanted]
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
            }
            return wanted
        case .file(let file, let offset, _):
            return file.read(at: offset + position, count: wanted, into: target)
        }
    }
}

/// A file that stays open, and the same, while its bytes are sent.
final class OpenFile: Sendable {
    private let descriptor: Int32
    let sizeBytes: UInt64

    init(path: String, for request: HTTPRequest) throws {
        let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else {
            throw request.refusal("cannot read `\(path)`: \(SystemErrorText.text(errno))")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.isRegularFile else {
            close(descriptor)
            throw request.refusal("cannot send `\(path)`: not a regular file")
        }
        self.descriptor = descriptor
        sizeBytes = UInt64(status.st_size)
    }

    deinit { close(descriptor) }

    func read(at offset: UInt64, count: Int, into target: UnsafeMutableRawBufferPointer) -> Int? {
        let got = retryingInterrupted {
            pread(descriptor, target.baseAddress, count, off_t(offset))
        }
        return got > 0 ? got : nil
    }
}
