/// Keeps the lines that a program wrote.
actor LineCollector {
    private(set) var all: [String] = []
    func add(_ line: String) { all.append(line) }
}
