/// Lists regions.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
package struct DescribeRegions: AWSOperation {
    package static let action = AWSAction(.ec2, "DescribeRegions", retry: .safe)

    package var regionNames: [String]
    /// Whether regions count that the account has not enabled.
    package var isAll: Bool?

    /// Makes the call; see the properties.
    package init(regionNames: [String] = [], isAll: Bool? = nil) {
        self.regionNames = regionNames
        self.isAll = isAll
    }

    /// One region.
    package struct Region: Sendable, Equatable {
        package let name: String
        /// `opt-in-not-required`, `opted-in` or `not-opted-in`.
        package let optInStatus: String?
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("RegionName", regionNames)
        request.form.field("AllRegions", isAll)
    }

    package func decode(_ response: WireResponse) throws -> [Region] {
        return try response.xml().items("regionInfo").map { item in
            Region(name: try item.required("regionName"), optInStatus: item.text("optInStatus"))
        }
    }
}
