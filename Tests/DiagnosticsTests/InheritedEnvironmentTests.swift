import Diagnostics
import Testing

struct InheritedEnvironmentTests {
    private let environment = [
        "PATH": "/bin", "HOME": "/h", "LC_ALL": "C", "SSH_AUTH_SOCK": "/s",
        "https_proxy": "http://p",
        "TMPDIR": "/t", "DSS_DEFAULT_PASSWORD": "1", "DSS_JUPYTER_PASSWORD": "2",
        "DSS_SSH_PORT": "22", "GITHUB_TOKEN": "3", "GH_TOKEN": "4", "DOCKER_REGISTRY_PASSWORD": "5",
        "AWS_SECRET_ACCESS_KEY": "6", "AWS_SESSION_TOKEN": "7", "AWS_REGION": "r",
        "ANSIBLE_CONFIG": "/a", "SOMETHING": "x", "DSS_DOWNLOAD_SECRET": "8",
    ]

    private func names(_ inherited: InheritedEnvironment) -> Set<String> {
        Set(inherited.chosen(from: environment).keys)
    }

    private let needed: Set = ["PATH", "HOME", "LC_ALL", "SSH_AUTH_SOCK", "https_proxy", "TMPDIR"]

    @Test func `a program gets what any program needs`() {
        #expect(names(.needed()) == needed)
        #expect(InheritedEnvironment.needed().chosen(from: environment)["PATH"] == "/bin")
    }

    @Test func `a prefix brings no secret`() {
        #expect(names(.needed(and: ["DSS_"])) == needed.union(["DSS_SSH_PORT"]))
        #expect(
            names(.needed(and: ["AWS_", "GH_", "DOCKER_", "GITHUB_"]))
                == needed.union(["AWS_REGION"]))
    }

    @Test func `a program of the user's choice gets all but what is foreign to it`() {
        let names = names(.everything(but: ["DSS_", "GITHUB_", "GH_", "DOCKER_"]))
        #expect(names.isSuperset(of: needed.union(["SOMETHING", "AWS_SECRET_ACCESS_KEY"])))
        #expect(!names.contains { $0.hasPrefix("DSS_") || $0.hasPrefix("G") })
    }
}
