import Diagnostics
import Hashing
import Testing

@testable import DockerEngine

@Suite struct DockerHostTests {
    private func find(
        _ environment: [String: String], files: [String: String] = [:], there: Set<String> = []
    ) throws -> DockerHost {
        let folder = DockerFiles(environment: environment) { path in
            files[path].map { Array($0.utf8) }
        }
        return try DockerHost.find(environment: environment, files: folder) { there.contains($0) }
    }

    private func key(_ name: String) -> String {
        SHA256.digest(of: Array(name.utf8)).reduce(into: "") { text, byte in
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }

    @Test(arguments: [
        ("unix:///a/b.sock", DockerHost.Address.unixSocket("/a/b.sock")),
        ("tcp://h", .url("http://h:2375")),
        ("tcp://:2375", .url("http://127.0.0.1:2375")),
        ("tcp://[::1]:1", .url("http://[::1]:1")),
        ("tcp://[::1]", .url("http://[::1]:2375")),
        ("tcp://10.0.0.1:99/base/", .url("http://10.0.0.1:99/base")),
        ("http://h", .url("http://h")),
        ("https://h:1/x", .url("https://h:1/x")),
    ])
    func `DOCKER_HOST names the engine`(text: String, address: DockerHost.Address) throws {
        let host = try find(["DOCKER_HOST": text, "DOCKER_CONTEXT": "other"])
        #expect(host.address == address)
        #expect(host.certificates == nil)
    }

    @Test(arguments: [
        "ssh://me@h", "npipe:////./pipe/docker_engine", "fd://", "h:1", "unix://relative",
        "unix:///" + String(repeating: "x", count: 107), "tcp://u:p@h", "tcp://h:port",
        "tcp://h:1:2", "https://", "tcp://h?x", "tcp://h:70000", "http://a b",
    ])
    func `what cannot be used is refused with a hint`(text: String) {
        let error = #expect(throws: Diagnostic.self) { _ = try find(["DOCKER_HOST": text]) }
        #expect(error?.code == "docker.host")
        #expect(error?.severity == .configuration)
        #expect(error?.hint?.isEmpty == false)
        #expect(error?.description.contains("u:p") == false)
    }

    @Test func `DOCKER_TLS_VERIFY makes it secure with the folder's certificates`() throws {
        var environment = ["DOCKER_HOST": "tcp://h", "DOCKER_TLS_VERIFY": "1", "HOME": "/root"]
        let usual = try find(environment)
        #expect(usual.address == .url("https://h:2376"))
        #expect(usual.certificates?.authorityFile == "/root/.docker/ca.pem")
        environment["DOCKER_CERT_PATH"] = "/c"
        let own = try find(environment).certificates
        #expect(
            own
                == CertificateFiles(
                    authorityFile: "/c/ca.pem", clientFile: "/c/cert.pem",
                    clientKeyFile: "/c/key.pem"))
        environment["DOCKER_TLS_VERIFY"] = nil
        #expect(try find(environment).address == .url("http://h:2375"))
        environment["DOCKER_HOST"] = "https://h:1"
        #expect(try find(environment).certificates == own)
        environment["DOCKER_HOST"] = "http://h:1"
        environment["DOCKER_TLS_VERIFY"] = "1"
        #expect(throws: Diagnostic.self) { _ = try find(environment) }
    }

    @Test func `the current context names the engine where DOCKER_HOST does not`() throws {
        let meta = "/d/contexts/meta/\(key("far"))/meta.json"
        let tls = "/d/contexts/tls/\(key("far"))/docker"
        let files = [
            "/d/config.json": #"{"currentContext":"far"}"#,
            meta: #"{"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:1"}}}"#,
            "\(tls)/ca.pem": "x",
        ]
        let host = try find(["DOCKER_CONFIG": "/d"], files: files)
        #expect(host.address == .url("https://far:1"))
        #expect(host.certificates == CertificateFiles(authorityFile: "\(tls)/ca.pem"))
        let usual = try find(
            ["DOCKER_CONFIG": "/d", "DOCKER_CONTEXT": "default"], files: files)
        #expect(usual.address == .unixSocket("/var/run/docker.sock"))
        let error = #expect(throws: Diagnostic.self) {
            _ = try find(["DOCKER_CONFIG": "/d", "DOCKER_CONTEXT": "gone"], files: files)
        }
        #expect(error?.code == "docker.context")
    }

    @Test func `a context without the check of certificates is refused`() {
        let meta = "/d/contexts/meta/\(key("c"))/meta.json"
        let error = #expect(throws: Diagnostic.self) {
            _ = try find(
                ["DOCKER_CONFIG": "/d", "DOCKER_CONTEXT": "c"],
                files: [
                    meta: """
                    {"Endpoints":{"docker":{"Host":"tcp://h:1","SkipTLSVerify":true}}}
                    """
                ])
        }
        #expect(error?.code == "docker.context")
    }

    @Test func `the usual socket is taken, and the rootless one where only that is there`() throws {
        let environment = ["XDG_RUNTIME_DIR": "/run/user/1"]
        let rootless = "/run/user/1/docker.sock"
        #expect(try find(environment).text == "unix:///var/run/docker.sock")
        #expect(try find(environment, there: [rootless]).text == "unix://\(rootless)")
        #expect(
            try find(environment, there: [rootless, "/var/run/docker.sock"]).text
                == "unix:///var/run/docker.sock")
    }

    @Test func `a broken configuration file is an error with its place`() {
        let error = #expect(throws: Diagnostic.self) {
            _ = try find(["DOCKER_CONFIG": "/d"], files: ["/d/config.json": "{"])
        }
        #expect(error?.code == "json.syntax")
        #expect(error?.location?.hasPrefix("/d/config.json:1") == true)
    }
}
