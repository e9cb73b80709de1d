import Diagnostics

/// The object that a copy reads.
package struct S3CopySource: Sendable, Equatable {
    package let bucket: String
    package let key: String

    /// Names an object.
    package init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    /// As the header `x-amz-copy-source` carries it.
    var header: String { PercentEncoding.encode("\(bucket)/\(key)", keepsSlash: true) }
}
