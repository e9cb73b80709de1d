import Diagnostics

/// The environment that `ansible-runner` gets.
enum AnsibleEnvironment {
    /// Secrets of other programs, which Ansible and its modules have no use for.
    private static let foreignPrefixes = ["AWS_", "GITHUB_", "DOCKER_"]

    /// Makes the changes to this process's own environment.
    ///
    /// Inherited `ANSIBLE_...` variables are removed: they would make a run depend on who runs it.
    ///
    /// Source: <https://docs.ansible.com/ansible/latest/reference_appendices/config.html>
    ///
    /// - Parameters:
    ///   - inherited: this process's environment.
    ///   - run: what is run.
    ///   - files: where the run's files lie.
    static func changes(
        inherited: [String: String], run: AnsibleRun, files: AnsibleFiles
    ) -> [String: String?] {
        var changes: [String: String?] = [:]
        for name in inherited.keys
        where name.hasPrefix("ANSIBLE_") || foreignPrefixes.contains(where: name.hasPrefix) {
            changes.updateValue(nil, forKey: name)
        }
        // Also what was added to this process's own environment, such as the local cloud's.
        for (name, value) in inherited where name.hasPrefix("DSS_") { changes[name] = value }
        // The connection's library would take this machine's authorities for the engine's.
        if run.inventory.namesAuthority {
            for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
                changes.updateValue(nil, forKey: name)
            }
        }
        changes["ANSIBLE_CONFIG"] = files.configuration
        changes["ANSIBLE_ROLES_PATH"] = "\(files.playbookFolder)/roles"
        changes["ANSIBLE_LOCAL_TEMP"] = files.localTemporaryFolder
        changes["ANSIBLE_HOST_KEY_CHECKING"] = "True"
        changes["ANSIBLE_PIPELINING"] = "True"
        changes["ANSIBLE_SSH_CONTROL_PATH_DIR"] = files.controlFolder
        changes["ANSIBLE_SSH_ARGS"] = sshOptions(run, files).map { "-o \($0)" }.joined(
            separator: " ")
        changes["ANSIBLE_NOCOLOR"] = "1"
        changes["ANSIBLE_RUN_TAGS"] = run.tags.isEmpty ? nil : run.tags.joined(separator: ",")
        changes["LC_ALL"] = "C.UTF-8"
        // `ansible-runner` starts `ansible-playbook`, which lies beside it.
        let path = [files.runnerFolder, inherited["PATH"] ?? "/usr/bin:/bin"]
        changes["PATH"] = path.joined(separator: ":")
        for (name, secret) in run.secrets { changes[name] = secret.reveal() }
        return changes
    }

    private static func sshOptions(_ run: AnsibleRun, _ files: AnsibleFiles) -> [String] {
        let authentication =
            run.inventory.asksForPassword
            ? ["BatchMode=no", "PubkeyAuthentication=no"] : ["BatchMode=yes"]
        return authentication + [
            "ControlMaster=auto", "ControlPersist=60s", "IdentitiesOnly=yes",
            "StrictHostKeyChecking=yes", "UserKnownHostsFile=\(files.knownHosts)",
            "GlobalKnownHostsFile=/dev/null", "ConnectTimeout=20", "ServerAliveInterval=15",
            "ServerAliveCountMax=8",
        ]
    }
}
