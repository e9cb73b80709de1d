/// The fixed facts of one operation.
package struct AWSAction: Sendable, Equatable {
    /// What may be done when nobody knows whether the server carried a call out.
    package enum RetryClass: String, Sendable {
        /// Doing it twice is the same as doing it once.
        case safe
        /// The request carries a client token by which the server knows a repetition.
        case withClientToken
        /// Sent again only where it is certain that the server did not do it.
        case onlyIfUnsent
    }

    package let service: AWSService
    package let name: String
    package let retry: RetryClass
    /// False for the few calls that carry no signature.
    package let isSigned: Bool

    /// Makes an action; see the properties.
    package init(
        _ service: AWSService, _ name: String, retry: RetryClass, isSigned: Bool = true
    ) {
        self.service = service
        self.name = name
        self.retry = retry
        self.isSigned = isSigned
    }

    /// As IAM policies and messages name it: `ec2:DescribeImages`.
    package var qualifiedName: String { "\(service.rawValue):\(name)" }
}
