import Ansible
import Diagnostics
import Foundation
import TestSupport
import Testing

struct SSHKeyPairTests {
    @Test func `a pair is private and can be deleted twice`() async throws {
        let pair = try await SSHKeyPair(comment: "dss 1", with: SubprocessRunner())
        let folder = URL(fileURLWithPath: pair.privateKeyPath).deletingLastPathComponent().path
        for (path, mode) in [(folder, 0o700), (pair.privateKeyPath, 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
        #expect(pair.publicKey.hasPrefix("ssh-ed25519 "))
        #expect(pair.publicKey.hasSuffix(" dss 1"))
        try pair.delete()
        try pair.delete()
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func `a failing ssh-keygen leaves nothing`() async throws {
        let runner = ScriptedProcessRunner { _ in
            .init(status: 1, standardErrorTail: "no entropy\n")
        }
        let error = try await #require(throws: Diagnostic.self) {
            try await SSHKeyPair(comment: "c", with: runner)
        }
        #expect(error.code == "ssh.no-key")
        #expect(error.causes == ["no entropy"])
        let path = try #require(runner.commands.first?.arguments.last)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func `a full disk is no incomplete OpenSSH`() async throws {
        let runner = ScriptedProcessRunner { _ in
            .init(status: 1, standardErrorTail: "Saving key \"/t\" failed: No space left on device")
        }
        let error = try await #require(throws: Diagnostic.self) {
            try await SSHKeyPair(comment: "c", with: runner)
        }
        #expect(error.hint == DiskSpace.hint)
    }
}
