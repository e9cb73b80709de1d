/// A place in the file system: bytes, as the system has it, which need not be UTF-8.
struct SystemPath: Hashable {
    /// With the zero that the system's calls want at the end.
    let characters: [CChar]

    private init(characters: [CChar]) { self.characters = characters }

    /// The place that a text names.
    init(_ text: String) { characters = Array(text.utf8CString) }

    /// The place that bytes name, none of which is zero.
    init(bytes: some Collection<UInt8>) {
        characters = bytes.map { CChar(bitPattern: $0) } + [0]
    }

    /// Something in this folder.
    func appending(_ name: [UInt8]) -> SystemPath {
        var all: [CChar] = []
        all.reserveCapacity(characters.count + name.count + 1)
        all += characters.dropLast()
        all.append(CChar(bitPattern: UInt8(ascii: "/")))
        for byte in name { all.append(CChar(bitPattern: byte)) }
        all.append(0)
        return SystemPath(characters: all)
    }

    /// What it consists of.
    var bytes: some Collection<UInt8> { characters.dropLast().lazy.map { UInt8(bitPattern: $0) } }

    /// As messages name it.
    var shown: String {
        String(validating: bytes, as: UTF8.self) ?? PathText.of(bytes)
    }
}
