import Diagnostics
import FoundationEssentials
import Glibc

/// Virtual machines that outlived the run that started them, found by the files they left.
struct LeftMachines {
    private let folder: String

    private static let processFile = "qemu.pid"
    private static let depth = 2
    private static let waitMilliseconds = 20
    private static let waitRounds = 250

    init(below folder: String) { self.folder = folder }

    /// Kills them and waits until they are gone.
    ///
    /// - Throws: `qemu.not-ended`, whose hint is the command that does it.
    func end() throws {
        for process in processes(in: folder, depth: Self.depth) {
            kill(process, SIGKILL)
            var rounds = 0
            while isOurs(process) {
                guard rounds < Self.waitRounds else {
                    throw Diagnostic(
                        code: "qemu.not-ended",
                        summary: "the virtual machine of an interrupted run does not end",
                        causes: ["process \(process) works in `\(folder)`"],
                        hint: "end it by hand: `kill -9 \(process)`")
                }
                usleep(UInt32(Self.waitMilliseconds * 1000))
                rounds += 1
            }
        }
    }

    private func processes(in folder: String, depth: Int) -> [pid_t] {
        var found: [pid_t] = []
        if let bytes = try? FileContents.read("\(folder)/\(Self.processFile)", limitBytes: 64) {
            let text = String(decoding: bytes, as: UTF8.self)
            // The number may be another's by now.
            if let process = pid_t(text.filter(\.isNumber)), isOurs(process) {
                found.append(process)
            }
        }
        guard depth > 0 else { return found }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names { found += processes(in: "\(folder)/\(name)", depth: depth - 1) }
        return found
    }

    /// Whether a process names the folder on its command line, as only its machine does.
    private func isOurs(_ process: pid_t) -> Bool {
        let bytes = (try? FileContents.read("/proc/\(process)/cmdline", limitBytes: 1 << 20)) ?? []
        return String(decoding: bytes, as: UTF8.self).contains("\(folder)/")
    }
}
