import Diagnostics
import JSON
import TestSupport
import Testing

@testable import Ansible

struct PythonJSONTests {
    @Test(arguments: [
        (#"{"a": NaN, "b": [Infinity, -Infinity]}"#, #"{"a": null, "b": [null, null]}"#),
        (#"{"a": 123456789012345678901234567890}"#, #"{"a": "123456789012345678901234567890"}"#),
        (#"{"a": 1e999, "b": -12, "c": 0.5}"#, #"{"a": "1e999", "b": -12, "c": 0.5}"#),
        (#"{"a": "x\ud800y", "b": "\u0000"}"#, "{\"a\": \"x\u{FFFD}y\", \"b\": \"\u{FFFD}\"}"),
        (#"{"a": "\udc00\ud83d\ude00"}"#, "{\"a\": \"\u{FFFD}\u{1F600}\"}"),
        (#"{"\"NaN\\": "NaN, -1e999\\\""}"#, #"{"\"NaN\\": "NaN, -1e999\\\""}"#),
        (#"{"a": true, "b": null}"#, #"{"a": true, "b": null}"#),
    ])
    func `what Python writes is made strict`(loose: String, strict: String) throws {
        let value = try JSONValue.parse(PythonJSON.strict(loose), source: "test")
        #expect(value == (try JSONValue.parse(strict.utf8, source: "test")))
    }

    @Test func `strict JSON stays what it is`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let value = JSONValue.random(using: &random)
            // A NUL is no strict JSON's for everybody.
            let text = value.compactText.replacing(#"\u0000"#, with: "0")
            let again = try JSONValue.parse(PythonJSON.strict(text), source: "test")
            #expect(again == (try JSONValue.parse(text.utf8, source: "test")), "\(text)")
        }
    }

    @Test func `torn text is no crash`() {
        let text = #"{"a": "\ud83d\ude00", "b": [NaN, -1e5, "\\"]}"#
        for length in 0...text.utf8.count {
            _ = PythonJSON.strict(String(decoding: text.utf8.prefix(length), as: UTF8.self))
        }
    }

    @Test func `a failed task with such an answer is named with its reason`() throws {
        var transcript = AnsibleTranscript(playbook: "site.yml", redaction: SecretRedaction([]))
        _ = transcript.add(
            #"{"event": "runner_on_failed", "event_data": {"task": "count", "host": "vm", "#
                + #""res": {"msg": "too \ud800 many", "n": NaN, "m": 99999999999999999999}}}"#)
        let error = try #require(throws: Diagnostic.self) {
            try transcript.report(status: 2, standardErrorTail: "")
        }
        #expect(error.code == "ansible.task-failed")
        #expect(error.summary.contains("`count`"))
        #expect(error.causes == ["too \u{FFFD} many"])
    }
}
