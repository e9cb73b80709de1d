/// What a server answered.
package struct HTTPResponse: Sendable {
    /// Such as 200.
    package var status: Int
    /// As they came, in order.
    package var headers: [(name: String, value: String)]
    /// The whole body; empty where it was streamed.
    package var body: [UInt8]

    /// Makes an answer.
    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, compared without case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
