import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import DockerEngine

@Suite struct RegistryLoginTests {
    private static let hub = "https://index.docker.io/v1/"

    /// Finds a login; a helper that no reply is given for fails the test.
    private func login(
        _ image: String, configuration: String?, user: String? = nil, password: String? = nil,
        helper: ScriptedProcessRunner.Reply? = nil, helperName: String = "docker-credential-test",
        logins: String? = nil
    ) async throws -> RegistryCredentials {
        let reference = try ImageReference(image)
        let runner = ScriptedProcessRunner { command in
            let server = RegistryLogin.server(of: reference.registry)
            guard let helper, command.executable == helperName, command.arguments == ["get"],
                command.standardInput == Array(server.utf8)
            else { throw Diagnostic(code: "test.unexpected", summary: "\(command.executable)") }
            return helper
        }
        let files = DockerFiles(environment: [
            "DOCKER_CONFIG": "/d", "DOCKER_AUTH_CONFIG": logins ?? "",
        ]) { path in
            path == "/d/config.json" ? configuration.map { Array($0.utf8) } : nil
        }
        return try await RegistryLogin(files: files, processes: runner).credentials(
            for: reference, user: user, password: password.map { Secret($0) })
    }

    private func auth(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    @Test func `what the caller was given goes before everything`() async throws {
        let found = try await login(
            "host:1/x", configuration: #"{"credsStore":"test"}"#, user: "me", password: "p")
        #expect(found == RegistryCredentials(.password(user: "me", Secret("p")), server: "host:1"))
    }

    @Test func `a password without a user is an error, and so is a user without any`() async {
        for (user, password) in [(nil, "p"), ("", "p"), ("me", nil), ("me", "")] {
            let error = await diagnostic {
                try await login("host:1/x", configuration: nil, user: user, password: password)
            }
            #expect(error?.code == "docker.login")
            #expect(error?.severity == .configuration)
        }
    }

    @Test func `without any configuration nobody is named`() async throws {
        #expect(try await login("x", configuration: nil).kind == .anonymous)
        #expect(try await login("x", configuration: "{}").kind == .anonymous)
        #expect(
            try await login("x", configuration: #"{"auths":{"other":{"auth":"eDp5"}}}"#).kind
                == .anonymous)
        #expect(
            try await login("h.x/y", configuration: #"{"auths":{"h.x":{}}}"#).kind == .anonymous)
    }

    @Test(arguments: [
        ("exasol/x", "https://index.docker.io/v1/"), ("h.x/y", "h.x"), ("h.x/y", "https://h.x/v2/"),
        ("h:1/y", "h:1"), ("h:1/y", "http://h:1"),
    ])
    func `a login in the file is found under the registry's address`(
        image: String, key: String
    ) async throws {
        let text = #"{"auths":{"\#(key)":{"auth":"\#(auth("me:pa:ss"))"}}}"#
        let found = try await login(image, configuration: text)
        #expect(found.kind == .password(user: "me", Secret("pa:ss")))
    }

    @Test func `an identity token goes before a password`() async throws {
        let text = #"{"auths":{"h.x":{"auth":"\#(auth("me:p"))","identitytoken":"t"}}}"#
        #expect(try await login("h.x/y", configuration: text).kind == .identityToken(Secret("t")))
    }

    @Test(arguments: ["!", "eA==", "OnA=", "/w=="])
    func `an unreadable login is an error that does not show it`(encoded: String) async {
        let text = #"{"auths":{"h.x":{"auth":"\#(encoded)"}}}"#
        let error = await diagnostic { try await login("h.x/y", configuration: text) }
        #expect(error?.code == "docker.login")
        #expect(error?.description.contains("`\(encoded)`") == false)
    }

    @Test(arguments: [
        #"{"credsStore":"test"}"#, #"{"credHelpers":{"h.x":"test"},"credsStore":"no"}"#,
    ])
    func `a helper is asked for the registry`(configuration: String) async throws {
        let found = try await login(
            "h.x/y", configuration: configuration,
            helper: .init(lines: [#"{"ServerURL":"h.x","Username":"me","Secret":"s"}"#]))
        #expect(found.kind == .password(user: "me", Secret("s")))
        let token = try await login(
            "h.x/y", configuration: configuration,
            helper: .init(lines: [#"{"ServerURL":"h.x","Username":"<token>","Secret":"s"}"#]))
        #expect(token.kind == .identityToken(Secret("s")))
    }

    @Test func `where a helper knows nothing, what the file has of old does not count`()
        async throws
    {
        let text = #"{"credsStore":"test","auths":{"h.x":{"auth":"\#(auth("me:p"))"}}}"#
        let none = ScriptedProcessRunner.Reply(
            lines: ["credentials not found in native keychain"], status: 1)
        #expect(try await login("h.x/y", configuration: text, helper: none).kind == .anonymous)
        let error = await diagnostic {
            try await login("h.x/y", configuration: text, user: "me", helper: none)
        }
        #expect(error?.code == "docker.login")
    }

    /// The forms of https://github.com/docker/cli/blob/master/cli/config/configfile/file.go.
    @Test(arguments: [
        (#"{"auth":"bWU6\n cA==\r\n"}"#.replacing(" ", with: ""), "me p"),
        (#"{"auth":"bWU6cA==","username":"you","password":"q"}"#, "me p"),
        (#"{"username":"me","password":"p"}"#, "me p"), (#"{"username":"me"}"#, "me "),
        (#"{"password":"p"}"#, nil), (#"{"auth":""}"#, nil), ("{}", nil),
        (#"{"Auth":"bWU6cA=="}"#, "me p"), (#"{"auth":"bWU6AHA6cQAA"}"#, "me p:q"),
        (#"{"registrytoken":"t","identitytoken":"i","auth":"bWU6cA=="}"#, "registry t"),
    ])
    func `a login of any form that Docker reads is read as Docker does`(
        _ entry: String, _ expected: String?
    ) async throws {
        let found = try await login("h.x/y", configuration: #"{"auths":{"h.x":\#(entry)}}"#)
        switch found.kind {
        case .anonymous: #expect(expected == nil)
        case .password(let user, let password):
            #expect("\(user) \(password.reveal())" == expected)
        case .registryToken(let token): #expect("registry \(token.reveal())" == expected)
        case .identityToken: Issue.record("\(entry)")
        }
    }

    @Test(arguments: [
        ("h:1/y", "https://h:1/v1/", true), ("h.x/y", "http://me@h.x", true),
        ("h.x/y", "h.x/y", true), ("h.x/y", "h.x:443", false), ("h.x/y", "https://x.h.x", false),
        ("exasol/x", "docker.io", false), ("exasol/x", "index.docker.io", false),
    ])
    func `an old name of a server counts where Docker takes it`(
        _ image: String, _ key: String, _ isFound: Bool
    ) async throws {
        let text = #"{"auths":{"\#(key)":{"auth":"\#(auth("me:p"))"}}}"#
        let found = try await login(image, configuration: text).kind
        #expect((found != .anonymous) == isFound)
    }

    @Test(arguments: ["", " \n"])
    func `an empty file is no login, and no error`(_ text: String) async throws {
        #expect(try await login("h.x/y", configuration: text).kind == .anonymous)
    }

    @Test func `an empty name of a helper means the file, whatever the store`() async throws {
        let text =
            #"{"credsStore":"no","credHelpers":{"h.x":""},"auths":{"h.x":{"auth":"bWU6cA=="}}}"#
        let found = try await login("h.x/y", configuration: text)
        #expect(found.kind == .password(user: "me", Secret("p")))
    }

    @Test func `logins of the environment go before helpers and files`() async throws {
        let logins = #"{"auths":{"h.x":{"auth":"bWU6cA=="}}}"#
        let text = #"{"auths":{"h.y":{"auth":"eDp5"}},"credHelpers":{"h.x":"no"}}"#
        let found = try await login("h.x/y", configuration: text, logins: logins)
        #expect(found.kind == .password(user: "me", Secret("p")))
        let other = try await login("h.y/y", configuration: text, logins: logins)
        #expect(other.kind == .password(user: "x", Secret("y")))
        let error = await diagnostic {
            try await login("h.x/y", configuration: nil, logins: #"{"hunter2"#)
        }
        #expect(error?.code == "docker.login")
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `a helper's failure never shows what it printed`() async {
        let replies = [
            ScriptedProcessRunner.Reply(
                lines: ["{\"Secret\":\"hunter2\""], status: 1, standardErrorTail: "hunter2"),
            .init(lines: ["{\"Username\":\"me\",\"Secret\":\"hunter2\""]),
            .init(lines: ["{\"Secret\":\"hunter2\"}"]), .init(lines: ["hunter2"]), .init(),
        ]
        for reply in replies {
            let error = await diagnostic {
                try await login("h.x/y", configuration: #"{"credsStore":"test"}"#, helper: reply)
            }
            #expect(error?.code == "docker.credential-helper")
            #expect(error.map { "\($0)" }?.contains("hunter2") == false)
        }
    }

    @Test(arguments: ["../x", "a b", "a/b"])
    func `a helper's name is a name and no path`(name: String) async {
        let error = await diagnostic {
            try await login("h.x/y", configuration: #"{"credsStore":"\#(name)"}"#)
        }
        #expect(error?.code == "docker.credential-helper")
    }

    @Test func `the header is what Docker expects, and prints as nothing`() throws {
        let kinds: [(RegistryCredentials.Kind, JSONValue)] = [
            (.anonymous, [:]),
            (
                .password(user: "me", Secret("p\"ä>?")),
                ["username": "me", "password": "p\"ä>?", "serveraddress": "h"]
            ),
            (.identityToken(Secret("t")), ["identitytoken": "t", "serveraddress": "h"]),
        ]
        for (kind, expected) in kinds {
            let credentials = RegistryCredentials(kind, server: "h")
            let text = credentials.headerValue.reveal()
            #expect(!text.contains("+") && !text.contains("/"))
            let plain = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
            let bytes = try #require(Data(base64Encoded: plain))
            #expect(try JSONValue.parse(Array(bytes), source: "header") == expected)
            #expect(!"\(credentials)".contains("p\"ä"))
        }
    }
}
