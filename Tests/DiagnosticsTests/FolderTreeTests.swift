import Diagnostics
import Glibc
import TestSupport
import Testing

struct FolderTreeTests {
    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    @Test func `missing folders are made and one that is there is none's error`() throws {
        let folder = try PrivateFolder(prefix: "dss-tree")
        let path = folder.path + "/a/b/c"
        try FolderTree.make(path, permissions: 0o700)
        try FolderTree.make(path + "/")
        var status = stat()
        #expect(stat(folder.path + "/a", &status) == 0 && status.st_mode & 0o777 == 0o700)
        try folder.write([], to: "file")
        for place in ["file", "file/below"] {
            let error = #expect(throws: Diagnostic.self) {
                try FolderTree.make("\(folder.path)/\(place)")
            }
            #expect(error?.code == "file.unwritable")
        }
        try folder.delete()
    }

    @Test func `a folder goes with odd names and without what its links lead to`() throws {
        let kept = try PrivateFolder(prefix: "dss-kept")
        try kept.write([1], to: "precious")
        let folder = try PrivateFolder(prefix: "dss-tree")
        try FolderTree.make(folder.path + "/a/b")
        try folder.write([1], to: "a/b/.hidden")
        #expect(symlink(kept.path, folder.path + "/a/link") == 0)
        #expect(symlink("nowhere", folder.path + "/a/broken") == 0)
        let odd = (folder.path + "/a/").utf8CString.dropLast() + [CChar(bitPattern: 0xFF), 0]
        #expect(mkdir(Array(odd), 0o700) == 0)
        try FolderTree.remove(folder.path)
        #expect(!exists(folder.path) && exists(kept.path + "/precious"))
        try FolderTree.remove(folder.path)
        try kept.delete()
    }

    @Test func `what cannot be deleted is named`() {
        let error = #expect(throws: Diagnostic.self) { try FolderTree.remove("/proc/self") }
        #expect(error?.code == "file.not-deleted" && error?.hint?.contains("rm -r") == true)
    }
}

struct TextFormTests {
    @Test func `only unreserved characters stay, and others where they are asked for`() {
        #expect(PercentEncoding.encode("aZ9-._~/:é%+ ") == "aZ9-._~%2F%3A%C3%A9%25%2B%20")
        #expect(PercentEncoding.encode("a/b:c", keepsSlash: true) == "a/b%3Ac")
        #expect(PercentEncoding.encode("a/b:c", keepsColon: true) == "a%2Fb:c")
    }

    @Test func `what was encoded is decoded to the same`() {
        var random = SeededGenerator(seed: 3986)
        for _ in 0..<500 {
            let scalars = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &random))
            }
            let text = String(String.UnicodeScalarView(scalars))
            #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
        }
        #expect(
            PercentEncoding.decode("%e9%C3") == nil && PercentEncoding.decode("%c3%A9+") == "é+")
    }

    @Test(arguments: ["%", "%4", "a%4", "%zz", "%%41", "%FF", "%-1"])
    func `what is not encoded well is refused`(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test func `white space goes from the ends alone`() {
        #expect(" \n a b\r\n\t".trimmed == "a b" && " \n".trimmed.isEmpty && "".trimmed.isEmpty)
        #expect("a\u{A0}".dropFirst(0).trimmed == "a")
    }
}
