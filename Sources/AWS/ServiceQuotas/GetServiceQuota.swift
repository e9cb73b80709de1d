/// Reads the limit of one thing that an account may have in a region.
///
/// Source: https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
package struct GetServiceQuota: QuotaQuestion {
    package static let action = AWSAction(.serviceQuotas, "GetServiceQuota", retry: .safe)

    package let name: QuotaName

    /// Makes the call; see the properties.
    package init(_ name: QuotaName) { self.name = name }
}
