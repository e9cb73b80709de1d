package import Diagnostics

/// Asks every check side by side, and tells the answers in the order of the list.
package struct Doctor: Sendable {
    /// One check's answer.
    package struct Answer: Sendable, Equatable {
        package let name: String
        package let finding: HealthFinding
    }

    private let context: DoctorContext
    private let checks: [any HealthCheck]
    private let time: any TimeSource
    private let limitSeconds: Double

    /// What is asked before a release, in the order in which it is told.
    package static let releaseChecks: [any HealthCheck] = [
        CredentialsCheck(), CredentialLifetimeCheck(), ResultsCheck(), RegionCheck(),
        PermissionsCheck(), InstanceTypesCheck(), VCPUQuotaCheck(),
        ImageQuotaCheck(), PublicImageQuotaCheck(), PublicAccessCheck(), EBSEncryptionCheck(),
        ImageNameCheck(),
        NetworkCheck(), BaseImageCheck(), ExportQuotaCheck(), DeliveryCheck(),
        ExportBucketCheck(), ExportEncryptionCheck(), ExportRoleCheck(), ExportPermissionsCheck(),
        PasswordsCheck(), GitHubTokenCheck(), BuildNeedsCheck(),
        ToolCheck.ssh, ToolCheck.sshKeygen, AnsibleCheck(), EmulatorCheck(), ToolCheck.qemuImg,
        DockerCheck(), ToolCheck.git, DiskSpaceCheck(),
    ]

    /// Makes a doctor.
    ///
    /// - Parameter limitSeconds: longest time for one check.
    package init(
        context: DoctorContext, checks: [any HealthCheck] = Doctor.releaseChecks,
        time: any TimeSource = SystemTimeSource(), limitSeconds: Double = 45
    ) {
        self.context = context
        self.checks = checks.filter { $0.applies(context) }
        self.time = time
        self.limitSeconds = limitSeconds
    }

    /// The names of what is asked, in order.
    package var names: [String] { checks.map(\.name) }

    /// Asks.
    ///
    /// - Parameter onAnswer: called once for each check, in the order of the list.
    /// - Returns: every answer.
    /// - Throws: what keeps all of it from being asked: the local cloud that does not start,
    ///   `CancellationError`.
    package func examine(
        onAnswer: @escaping @Sendable (Answer) -> Void
    ) async throws -> [Answer] {
        // The local cloud may have to be started, which no check's limit should pay for.
        _ = try await context.workstation.environment()
        var tasks: [(name: String, task: Task<HealthFinding, Never>)] = []
        for check in checks {
            let needed = tasks.filter { check.needs.contains($0.name) }
            let task = Task { await ask(check, after: needed) }
            tasks.append((check.name, task))
        }
        let begun = tasks
        return try await withTaskCancellationHandler {
            var answers: [Answer] = []
            for (name, task) in begun {
                let answer = Answer(name: name, finding: await task.value)
                try Task.checkCancellation()
                onAnswer(answer)
                answers.append(answer)
            }
            return answers
        } onCancel: {
            for (_, task) in begun { task.cancel() }
        }
    }

    private func ask(
        _ check: any HealthCheck, after needed: [(name: String, task: Task<HealthFinding, Never>)]
    ) async -> HealthFinding {
        for (name, task) in needed {
            let status = await task.value.status
            if status == .failed || status == .skipped {
                return HealthFinding(.skipped, "not asked, because `\(name)` did not succeed")
            }
        }
        do {
            return try await withThrowingTaskGroup(of: HealthFinding.self) { group in
                group.addTask { try await check.run(context) }
                group.addTask {
                    try await time.sleep(seconds: limitSeconds)
                    return .warning(
                        "could not be checked: no answer in \(Int(limitSeconds)) s",
                        hint: "check the network, then run the command again")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .ok("")
            }
        } catch {
            return Self.finding(of: .from(error))
        }
    }

    /// What an error of a check means.
    static func finding(of problem: Diagnostic) -> HealthFinding {
        let causes = problem.causes.first.map { " (\($0))" } ?? ""
        if problem.isDenial {
            return HealthFinding(
                .warning, "could not be checked: \(problem.summary)", hint: problem.hint)
        }
        return HealthFinding(.failed, problem.summary + causes, hint: problem.hint)
    }
}
