/// One place that breaks a rule.
struct Finding: Equatable, CustomStringConvertible {
    /// Counted from 1; 0 for the file as a whole.
    var line: Int
    var message: String

    var description: String { line == 0 ? message : "\(line): \(message)" }
}
