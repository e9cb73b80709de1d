import Releasing
import TestSupport
import Testing

@Suite struct RevisedNameTests {
    private let key = RevisedName(stem: "p/3.4.0/x-3.4.0", ending: ".vmdk", limitBytes: 1024)

    @Test func `the first revision is the plain name, the others carry their number`() {
        #expect(key.text(1) == "p/3.4.0/x-3.4.0.vmdk")
        #expect(key.text(2) == "p/3.4.0/x-3.4.0-r2.vmdk")
        #expect(key.next(after: [String]()) == key.text(1))
        #expect(key.next(after: [key.text(1)]) == key.text(2))
    }

    @Test func `a name in another normal form is another name`() {
        let name = RevisedName(stem: "caf\u{E9}", ending: ".vhd", limitBytes: 128)
        #expect(name.revision(of: "caf\u{E9}-r2.vhd") == 2)
        #expect(name.revision(of: "cafe\u{301}-r2.vhd") == nil)
        #expect(name.revision(of: "cafe\u{301}.vhd") == nil)
        #expect(name.next(after: ["cafe\u{301}-r7.vhd"]) == "caf\u{E9}.vhd")
    }

    @Test func `an id that ends like a revision is none`() {
        let name = RevisedName(stem: "sandbox-3.4.0-r2", limitBytes: 128)
        #expect(name.revision(of: "sandbox-3.4.0-r2") == 1)
        #expect(name.next(after: ["sandbox-3.4.0-r2"]) == "sandbox-3.4.0-r2-r2")
    }

    @Test(arguments: ["-r1", "-r02", "-r", "-r2x", "-R2", "-r-2", "-r99999999999999999999"])
    func `what only looks like a revision is passed over`(mark: String) {
        #expect(key.revision(of: "p/3.4.0/x-3.4.0\(mark).vmdk") == nil)
    }

    @Test(arguments: 0..<200)
    func `the next name is new, fits, is known again, and is behind every own one`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let length = Int.random(in: 1...160, using: &random)
        let stem = String((0..<length).map { _ in "ab-r2é".randomElement(using: &random) ?? "a" })
        let ending = ["", ".vhd"].randomElement(using: &random) ?? ""
        let name = RevisedName(stem: stem, ending: ending, limitBytes: 128)
        func some() -> Set<String> {
            Set(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    name.text(Int.random(in: 1...12, using: &random))
                })
        }
        let (own, foreign) = (some(), some())
        let next = name.next(after: own, skipping: foreign)
        #expect(!own.contains(next) && !foreign.contains(next))
        #expect(next.utf8.count <= 128 && next.hasSuffix(ending))
        let revision = name.revision(of: next) ?? 0
        let newest = own.compactMap { name.revision(of: $0) }.max() ?? 0
        #expect(revision > newest)
        // Nothing between was free.
        for other in (newest + 1)..<max(newest + 1, revision) {
            #expect(foreign.contains(name.text(other)))
        }
        for other in 1...40 { #expect(name.revision(of: name.text(other)) == other) }
    }
}
