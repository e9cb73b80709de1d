/// One AWS API call: typed fields, their wire form, and the decoded answer.
package protocol AWSOperation: Sendable {
    /// What the call answers.
    associatedtype Output: Sendable

    /// Service, name and retry class.
    static var action: AWSAction { get }

    /// Writes the fields in the service's wire form.
    ///
    /// - Throws: `aws.request` where the fields cannot make a request.
    func encode(into request: inout WireRequest) throws

    /// Reads a successful answer.
    ///
    /// - Throws: `aws.wire` naming the missing element.
    func decode(_ response: WireResponse) throws -> Output
}

/// Makes AWS calls; the real one is `AWSClient`, tests put fakes in place.
package protocol AWSCaller: Sendable {
    /// Makes one call, with every retry that its class allows.
    ///
    /// - Parameters:
    ///   - operation: what to call.
    ///   - region: such as `eu-central-1`.
    /// - Throws: `Diagnostic` with code `aws.<ErrorCode>` or one of the client's own codes.
    func call<O: AWSOperation>(_ operation: O, region: String) async throws -> O.Output

    /// Makes one call and streams the answer's body, with back-pressure.
    ///
    /// - Parameters:
    ///   - operation: what to call.
    ///   - region: such as `eu-central-1`.
    ///   - onBody: gets each piece once, in order, even where the client had to reconnect.
    /// - Returns: what the operation decodes from the answer's status and headers.
    func download<O: AWSOperation>(
        _ operation: O, region: String, onBody: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> O.Output
}
