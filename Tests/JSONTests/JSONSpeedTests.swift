import Diagnostics
import JSON
import TestSupport
import Testing

struct JSONSpeedTests {
    /// A plan of 10,000 stages reads as many records; about 90 ms in an optimised build.
    @Test
    func `ten thousand small texts are parsed within four seconds of a processor in a debug build`()
        throws
    {
        let record = #"""
            {"schema": "dssbatch.result/1", "stage": "export-vmdk", "status": "succeeded",
             "inputs": {"setting:/export/prefix": "sha256:00", "stage:ami": "sha256:11"},
             "outputs": {"bucket": "b", "bytes": 1}, "seconds": 1800.0}
            """#
        let bytes = Array(record.utf8)
        let start = ProcessorClock.ofThread()
        for _ in 0..<10_000 { _ = try JSONValue.parse(bytes, source: "f") }
        #expect(ProcessorClock.ofThread() - start < 4)
    }
}
