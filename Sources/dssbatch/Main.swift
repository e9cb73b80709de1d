import Commands

/// Where the program begins.
@main
enum Main {
    static func main() async { await DSSBatch.main() }
}
