/// Says which region a bucket lies in.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
package struct GetBucketLocation: AWSOperation {
    package static let action = AWSAction(.s3, "GetBucketLocation", retry: .safe)

    package var bucket: String

    /// Makes the call; see the properties.
    package init(bucket: String) {
        self.bucket = bucket
    }

    package func encode(into request: inout WireRequest) {
        request.object("GET", bucket: bucket)
        request.subresource("location")
        // A bucket's own host name leads to its region, whose signature this call may not have.
        request.isPathStyle = true
    }

    package func decode(_ response: WireResponse) throws -> String {
        // The first region has no name here, and the first of Europe an old one.
        let name = try response.xml("LocationConstraint").text
        return name.isEmpty ? "us-east-1" : name == "EU" ? "eu-west-1" : name
    }
}
