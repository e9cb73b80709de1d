import Testing

@testable import QEMU

@Suite struct ConsoleTextTests {
    @Test(arguments: [
        "Debian GNU/Linux 12 ubuntu ttyS0\r\n\r\nubuntu login: ",
        "\u{1B}[0m\r\nip-10-0-0-1 login:",
        "[  OK  ] Started\r\n\u{1B}[?25hsandbox login: \r\n[   20.1] late message\r\n",
        "sandbox login: [  268.881301] AVX2 version of gcm_enc/dec engaged.\r\n[  269.7] more",
        "sandbox login: [  OK  ] Reached target multi-user.target.\r\n",
    ])
    func `a login prompt is seen wherever it stands on a line of its own`(text: String) {
        #expect(ConsoleText.asksForLogin(text))
    }

    @Test(arguments: [
        "", "Starting User Login Management...", "last login: Mon",
        "Last login: Fri Nov 27 [pts/0]", "systemd-logind: login: x y",
    ])
    func `other lines that speak of logins are no prompt`(text: String) {
        #expect(!ConsoleText.asksForLogin(text))
    }

    @Test func `a kernel's last word is heard`() {
        let word = "[    3.1] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n"
        #expect(ConsoleText.panics("one\r\n" + word))
        #expect(!ConsoleText.panics("[ 1.0] Kernel command line: panic=-1\r\n"))
    }

    @Test func `the last lines are shown without control sequences and blanks`() {
        let text = "one\n\u{1B}[32mtwo\u{1B}[0m\r\n\n   \nthree"
        #expect(
            ConsoleText.lastLines(of: text) == ["console: one", "console: two", "console: three"])
    }
}
