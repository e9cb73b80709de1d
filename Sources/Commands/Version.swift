/// What `--version` prints and results record.
enum Version {
    static let number = "0.1.0"
    static let tool = "dssbatch \(number)"
}
