import JSON

/// Reads lines of a log stream, oldest first.
///
/// A page may be empty and yet not the last one: the end is where the token stays the same.
///
/// Source:
/// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
package struct GetLogEvents: AWSOperation, Encodable {
    package static let action = AWSAction(.logs, "GetLogEvents", retry: .safe)

    /// One line.
    package struct Event: Sendable, Equatable, Decodable {
        /// Milliseconds since 1970.
        package let timestamp: Int64?
        /// As it was written, its line end included.
        package let message: String?
    }

    /// Some lines, and what leads to those after them.
    package struct Page: Sendable, Equatable, Decodable {
        package let events: [Event]?
        package let nextForwardToken: String?
    }

    package var logGroupName: String
    package var logStreamName: String
    package var startFromHead: Bool
    /// The page to read; nil for the first.
    package var nextToken: String?

    /// Makes the call; see the properties.
    package init(
        logGroupName: String, logStreamName: String, startFromHead: Bool = true,
        nextToken: String? = nil
    ) {
        self.logGroupName = logGroupName
        self.logStreamName = logStreamName
        self.startFromHead = startFromHead
        self.nextToken = nextToken
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> Page {
        try response.json(withOneOf: "events", "nextForwardToken").decoded(as: Page.self)
    }
}
