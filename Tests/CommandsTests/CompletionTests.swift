import Diagnostics
import TestSupport
import Testing

@testable import Commands

@Suite struct CompletionTests {
    @Test(arguments: ["bash", "zsh", "fish"])
    func `a shell gets a script of its own`(shell: String) async throws {
        let outcome = try await CommandBench().run(["completions", shell])
        #expect(outcome.status == .fresh && outcome.error.isEmpty)
        for word in ["export-vm", "wait-lock", "asset-id", "explain"] {
            #expect(outcome.output.contains(word))
        }
    }

    @Test func `another shell is refused`() async throws {
        let outcome = try await CommandBench().run(["completions", "csh"])
        #expect(outcome.status == .configuration)
        #expect(outcome.error.contains("csh"))
    }

    /// What bash offers after a line, the program being asked by the script.
    private func offered(_ line: String, in folder: String) async throws -> [String] {
        let program = try #require(TestProgram.path)
        let script = """
            PATH=$(dirname -- "$0"):$PATH
            source <("$0" completions bash)
            COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=0 COMP_WORDS=()
            read -ra COMP_WORDS <<<"$1"
            [[ $1 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            function=$(complete -p dssbatch | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            "$function" dssbatch "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        return try await SubprocessRunner().answer(
            to: ProcessCommand(
                executable: "bash", arguments: ["-c", script, program, line],
                workingDirectory: folder, timeoutSeconds: 300)
        ).lines
    }

    @Test func `bash offers commands, options, stages and codes`() async throws {
        let bench = try CommandBench()
        let folder = bench.folder.path
        #expect(try await offered("dssbatch expl", in: folder) == ["explain"])
        #expect(try await offered("dssbatch run --wait", in: folder) == ["--wait-lock"])
        let stages = try await offered("dssbatch why manifests/release.json ami", in: folder)
        #expect(stages.contains("ami") && stages.allSatisfy { $0.hasPrefix("ami") })
        #expect(try await offered("dssbatch explain ami.not-o", in: folder) == ["ami.not-ours"])
    }
}
