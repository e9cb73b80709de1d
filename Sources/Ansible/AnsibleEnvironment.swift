import Diagnostics

/// The environment that `ansible-runner` gets.
enum AnsibleEnvironment {
    /// Makes what it gets beside what any program inherits.
    ///
    /// `ANSIBLE_...` variables of this process are not among it: they would make a run depend on
    /// who runs it. Neither is a password that this play has no use for.
    ///
    /// Source: <https://docs.ansible.com/ansible/latest/reference_appendices/config.html>
    ///
    /// - Parameters:
    ///   - inherited: this process's environment, with what was added to it.
    ///   - run: what is run.
    ///   - files: where the run's files lie.
    static func changes(
        inherited: [String: String], run: AnsibleRun, files: AnsibleFiles
    ) -> [String: String?] {
        // Also what was added to this process's own environment, such as the local cloud's.
        var changes: [String: String?] =
            InheritedEnvironment
            .needed(and: ["DSS_", "PYTHON", "PYENV_", "LOCALE_ARCHIVE"])
            .chosen(from: inherited)
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
        changes["ANSIBLE_SSH_ARGS"] = sshOptions(run, files).map(SSHOption.shellWord)
            .joined(separator: " ")
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
        // Emulated machines, and no others, are logged in to by password: where others keep the
        // processors busy, a handshake takes minutes. The first value is the one that ssh takes.
        let patience =
            run.inventory.asksForPassword
            ? ["ConnectTimeout=900", "ServerAliveInterval=120"]
            : ["ConnectTimeout=20", "ServerAliveInterval=15"]
        // Nothing of the person's own configuration: it may ask for a terminal, run another
        // command, or lead to another host.
        return ["-F", "none"]
            + (authentication + patience + [
                "ControlMaster=auto", "ControlPersist=60s", "IdentitiesOnly=yes",
                "StrictHostKeyChecking=yes",
                "UserKnownHostsFile=\(SSHOption.path(files.knownHosts))",
                "GlobalKnownHostsFile=/dev/null", "ServerAliveCountMax=8",
            ]).flatMap { ["-o", $0] }
    }
}
