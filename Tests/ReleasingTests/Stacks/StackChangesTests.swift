import JSON
import Testing

@testable import AWS
@testable import Releasing

@Suite struct StackChangesTests {
    private func detail(
        _ name: String?, path: String? = nil, before: String? = nil, after: String? = nil,
        attribute: String = "Properties"
    ) -> ChangeSet.Detail {
        ChangeSet.Detail(
            attribute: attribute, name: name, path: path, requiresRecreation: "Never",
            before: before, after: after)
    }

    private func change(
        _ action: String, replacement: String? = nil, _ details: [ChangeSet.Detail] = []
    ) -> ChangeSet.Change {
        ChangeSet.Change(
            action: action, logicalResourceId: "Bucket", resourceType: "AWS::S3::Bucket",
            replacement: replacement, details: details)
    }

    private func row(_ change: ChangeSet.Change) -> [String] {
        StackChanges([change]).rows[0]
    }

    @Test func `what is made anew is called so`() {
        #expect(row(change("Add"))[0] == "Add")
        #expect(row(change("Remove"))[0] == "Remove")
        #expect(row(change("Modify", replacement: "False"))[0] == "Modify")
        #expect(row(change("Modify", replacement: "True"))[0] == "Replace")
        #expect(row(change("Modify", replacement: "Conditional"))[0] == "Modify or replace")
    }

    @Test func `each place is named once, with its values where they are known`() {
        let details = [
            detail("Days"), detail("Days", path: "/Properties/Days", before: "7", after: "30"),
            detail("Days"), detail(nil, attribute: "Tags"),
            detail("Name", path: "/Properties/Name", after: "x"),
        ]
        #expect(
            row(change("Modify", details))[3] == "Days: 7 -> 30; Tags; Name: (absent) -> x")
    }

    @Test func `a long value is cut, and stays in one line`() {
        let long = String(repeating: "a\n", count: 100)
        let text = row(change("Modify", [detail("P", before: long, after: "b")]))[3]
        #expect(text.count < 100 && !text.contains("\n") && text.hasSuffix("... -> b"))
    }

    @Test func `scripts get the whole values`() throws {
        let long = String(repeating: "a", count: 100)
        let json = StackChanges([
            change("Modify", replacement: "True", [detail("P", before: long, after: nil)])
        ]).json
        let first = try #require(json.arrayValue?.first)
        #expect(first["action"] == "Replace")
        let place = try #require(first["details"]?.arrayValue?.first)
        #expect(place["before"] == .string(long) && place["after"] == .null)
    }
}
