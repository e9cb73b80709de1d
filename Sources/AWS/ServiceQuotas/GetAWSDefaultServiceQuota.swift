/// Reads the limit that an account has of one thing before anybody changes it.
///
/// Source:
/// https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetAWSDefaultServiceQuota.html
package struct GetAWSDefaultServiceQuota: QuotaQuestion {
    package static let action = AWSAction(
        .serviceQuotas, "GetAWSDefaultServiceQuota", retry: .safe)

    package let name: QuotaName

    /// Makes the call; see the properties.
    package init(_ name: QuotaName) { self.name = name }
}
