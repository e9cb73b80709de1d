import TestSupport
import Testing

@testable import Commands

@Suite struct UsageTests {
    @Test func `what is wrong with a command line is said in the words of every other error`()
        async throws
    {
        let bench = try CommandBench()
        let lines = [
            ["plam", "MANIFEST"], ["plam"], ["plan", "MANIFEST", "--onyl", "ami"],
            ["why", "MANIFEST"],
            ["run", "MANIFEST", "--what-if", "ansible"], ["run", "MANIFEST", "-j", "0"],
            ["plan", "nowhere.json"], ["plan", "MANIFEST", "--only", "amy"],
            ["why", "MANIFEST", "export"], ["setup-vm-bucket", "--manifest", "MANIFEST"],
            ["clean", "--manifest", "MANIFEST"], ["distribute", "MANIFEST"],
            ["export-vm", "--manifest", "MANIFEST"], ["plan", "MANIFEST", "--set", "x"],
            ["create-vm", "--ec2-instance-type=t2.medium"],
            ["create-vm", "--ec2-source-ami", "ami-1"],
            ["setup-vm-bucket-waf", "--allowed-ip", "192.0.2.1"],
        ]
        var text = ""
        for line in lines {
            let outcome = await bench.run(line)
            #expect(outcome.output.isEmpty, "\(line)")
            text += "$ dssbatch \(line.joined(separator: " "))\n\(outcome.error)"
            text += "status \(outcome.status.rawValue)\n\n"
        }
        try GoldenFile("usage.txt").check(text)
    }

    @Test(arguments: [
        "run", "create-vm", "update-release", "export-vm", "install-dependencies",
        "reset-password", "setup-ec2", "setup-ec2-and-install-dependencies", "make-ami-public",
        "setup-vm-bucket-waf", "setup-vm-bucket", "setup-ci-codebuild",
        "setup-release-codebuild", "create-docker-image",
    ])
    func `every command that runs stages may be told how`(command: String) async throws {
        let help = try await CommandBench().run([command, "--help"]).output
        for option in ["-k, --keep-going", "-j <number>", "--wait-lock <seconds>"] {
            #expect(help.contains(option), "\(command) \(option)")
        }
    }

    @Test(arguments: ["adopt", "clean", "collect", "distribute"])
    func `every other command that takes a lock may be told to wait`(
        command: String
    ) async throws {
        let help = try await CommandBench().run([command, "--help"]).output
        #expect(help.contains("--wait-lock <seconds>"))
    }

    @Test(arguments: ["--version", "version"]) func `the version is data`(
        word: String
    ) async throws {
        let outcome = try await CommandBench().run([word])
        #expect(outcome.output == "dssbatch 0.1.0\n")
        #expect(outcome.error.isEmpty)
        #expect(outcome.status == .fresh)
    }
}
