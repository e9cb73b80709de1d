import AWS
import Diagnostics
import FoundationEssentials
import Glibc

/// Whether the credentials outlive the run.
struct CredentialLifetimeCheck: HealthCheck {
    var name: String { "credential-lifetime" }
    var needs: [String] { [CredentialsCheck.name] }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        Self.judge(
            try await context.workstation.credentials(), now: context.services.time.now(),
            neededSeconds: context.expectedSeconds)
    }

    /// Decides.
    static func judge(
        _ credentials: AWSCredentials, now: Date, neededSeconds: Double
    ) -> HealthFinding {
        guard credentials.sessionToken != nil else { return .ok("the access key does not expire") }
        if credentials.isRenewable { return .ok("renewed whenever they are about to expire") }
        let needed = minutes(neededSeconds)
        guard let expiration = credentials.expiration else {
            return .warning(
                "temporary, and they do not say until when; the run takes about \(needed)",
                hint: "sign in anew right before a long run, or use a profile that renews them")
        }
        let left = expiration.timeIntervalSince(now)
        let message =
            "valid until \(Timestamp.text(expiration)) (\(minutes(max(0, left)))), "
            + "the run takes about \(needed)"
        return left > neededSeconds
            ? .ok(message)
            : .failed(
                message, hint: "sign in anew, or use a profile that renews them by itself")
    }

    private static func minutes(_ seconds: Double) -> String {
        "\(Int((seconds / 60).rounded(.up))) min"
    }
}
