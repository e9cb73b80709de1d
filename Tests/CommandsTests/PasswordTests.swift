import TestSupport
import Testing

@testable import Commands

@Suite struct PasswordTests {
    /// What a local run says of passwords before it finds no program to work with.
    private func said(_ more: [String], _ variables: [String: String]) async throws -> [String] {
        let bench = try CommandBench()
        try bench.folder.write("password.txt", "from the file\n")
        let more = more.map { $0.replacing("FILE", with: "\(bench.folder.path)/password.txt") }
        let outcome = await bench.run(
            [
                "reset-password", "--local", "--manifest", "MANIFEST", "--host-name", "192.0.2.1",
                "--ssh-private-key", "key",
            ] + more, variables: variables)
        #expect(outcome.status != .fresh)
        return outcome.error.split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("local run: ")
        }
    }

    private static let defaultIsUsed = "local run: DSS_DEFAULT_PASSWORD is `dss`"
    private static let jupyterIsUsed = "local run: DSS_JUPYTER_PASSWORD is `dss`"

    @Test func `a password that a file gives is not said to be another`() async throws {
        #expect(try await said([], [:]) == [Self.defaultIsUsed, Self.jupyterIsUsed])
        #expect(try await said(["--password-file", "FILE"], [:]) == [Self.jupyterIsUsed])
        #expect(try await said([], ["DSS_DEFAULT_PASSWORD": "x"]) == [Self.jupyterIsUsed])
    }
}
