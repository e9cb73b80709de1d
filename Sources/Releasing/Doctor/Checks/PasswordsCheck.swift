import Diagnostics

/// Whether the passwords of the finished machine are there.
struct PasswordsCheck: HealthCheck {
    var name: String { "passwords" }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let secrets = context.services.secrets
        return Self.judge(
            MachineSecrets.Password.allCases.map { ($0.variable, secrets[$0]) })
    }

    /// Decides; shows the variables' names alone.
    static func judge(_ passwords: [(variable: String, value: Secret?)]) -> HealthFinding {
        let missing = passwords.filter { $0.value?.isEmpty ?? true }.map { "`\($0.variable)`" }
        guard !missing.isEmpty else {
            return .ok(
                passwords.map { "`\($0.variable)`" }.joined(separator: ", ")
                    + (passwords.count == 1 ? " is set" : " are set"))
        }
        return .failed(
            "not set: " + missing.joined(separator: ", "),
            hint: "set each to the password that the finished machine shall have")
    }
}
