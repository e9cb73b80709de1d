import AWS

/// Whether the account lets images become public.
struct PublicAccessCheck: HealthCheck {
    var name: String { "public-access" }
    var needs: [String] { [RegionCheck.name] }

    func applies(_ context: DoctorContext) -> Bool { context.manifest.ami.isPublic }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        try await context.inEveryRegion { region in
            let state = try await context.services.aws.call(
                GetImageBlockPublicAccessState(), region: region)
            return Self.judge(state: state, region: region)
        }
    }

    /// Decides.
    static func judge(state: String, region: String) -> HealthFinding {
        state == PublicAccessBlock.blocking
            ? .failed(
                "public images are blocked in \(region)",
                hint: PublicAccessBlock.hint(region: region))
            : .ok("public images are allowed in \(region)")
    }
}
