import AWS
import BuildGraph
import Foundation
import TestSupport
import Testing

@testable import Releasing

@Suite struct PatientLookTests {
    private typealias Answer = ScriptedAWS.Reply
    private let clock = TestClock()

    /// Looks at what is seen from the given look on; 0 for never.
    private func find(seenAt number: Int, ageSeconds: Double?) async throws -> (Int?, looks: Int) {
        var looks = 0
        let birth = ageSeconds.map { clock.now().addingTimeInterval(-$0) }
        let found = try await PatientLook(time: clock).find(bornAt: birth) {
            looks += 1
            return looks == number ? looks : nil
        }
        return (found, looks)
    }

    @Test(arguments: 1...8)
    func `what is young is found by a later look`(number: Int) async throws {
        for age in (number > 6 ? [nil, 29] : [nil, 0, 299]) as [Double?] {
            let (found, looks) = try await find(seenAt: number, ageSeconds: age)
            #expect(found == number && looks == number)
        }
    }

    @Test func `what is not there is looked for no longer than half a minute`() async throws {
        let (found, looks) = try await find(seenAt: 0, ageSeconds: 0)
        #expect(found == nil)
        #expect(looks == 1 + PatientLook.delaysSeconds.count)
        #expect(clock.monotonicSeconds() > 29 && clock.monotonicSeconds() <= 30)
    }

    @Test(arguments: [300.0, 86_400, -300, -1e9])
    func `what is old is looked for once`(ageSeconds: Double) async throws {
        let (found, looks) = try await find(seenAt: 2, ageSeconds: ageSeconds)
        #expect(found == nil && looks == 1)
    }

    @Test func `a young export without an id is looked for several times before it is let go`()
        async throws
    {
        let bench = StageBench()
        let entry = try await bench.leave(
            "ec2:export-image-task", of: "export-vhd",
            details: [
                "imageId": "ami-1", "format": "VHD", "bucket": "bucket", "folder": "images/1.0/",
                "description": "Data Science Sandbox 1.0, VHD",
            ], ageSeconds: 5)
        let task = Answer.exportTask(
            "export-ami-1", "active", tags: Answer.made(by: entry.runId))
        bench.aws.on(
            "DescribeExportImageTasks", [:], .exportTasks(), .exportTasks(), .exportTasks(task),
            .error("aws.InvalidExportTaskID.NotFound"), .exportTasks(task))
        bench.aws.on("CancelExportTask", ["ExportTaskId": "export-ami-1"], .empty)
        bench.aws.on("DeleteObject", ["key": "images/1.0/export-ami-1.vhd"], .empty)
        _ = try await ExportLeftover(
            aws: bench.aws, leftover: Leftover(entry), time: bench.clock
        ).remove()
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a young image that is not seen yet is no image that is gone`() async throws {
        let bench = StageBench()
        let entry = try await bench.leave(
            "ec2:image", of: "ami", name: "sandbox-1.0", id: "ami-1", ageSeconds: 1)
        let tags = [ResourceNames.assetTag: "1.0", ResourceNames.runTag: entry.runId]
        bench.aws.on(
            "DescribeImages", ["ImageId.1": "ami-1"], .error("aws.InvalidAMIID.NotFound"),
            .images(Answer.image("ami-1", tags: tags)))
        let images = EC2Images(aws: bench.aws, region: StageBench.region, time: bench.clock)
        #expect(try await images.begun(Leftover(entry))?.id == "ami-1")
    }
}
