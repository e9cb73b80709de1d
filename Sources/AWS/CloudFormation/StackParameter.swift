/// A value for a template's parameter.
package struct StackParameter: Sendable, Equatable {
    package let key: String
    /// Nil leaves what the stack has.
    package let value: String?

    /// Makes a parameter.
    package init(_ key: String, _ value: String?) {
        self.key = key
        self.value = value
    }
}

extension QueryFields {
    /// Writes a parameter's fields.
    mutating func parameter(_ parameter: StackParameter) {
        field("ParameterKey", parameter.key)
        field("ParameterValue", parameter.value)
        field("UsePreviousValue", parameter.value == nil ? true : nil)
    }
}
