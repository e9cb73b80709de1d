package import Diagnostics
package import JSON

/// The one machine that a playbook works on, and how to reach it.
package struct AnsibleInventory: Sendable {
    /// The machine's name in the inventory, in events and in the recap.
    package let host: String
    /// Groups that it belongs to, besides `all`.
    package let groups: [String]
    /// Its connection variables (`ansible_host` and so on).
    package let variables: JSONValue
    /// Lines of a `known_hosts` file: the only host keys that are accepted.
    package let knownHosts: [String]
    /// Whether ssh shall ask for a password instead of failing where no key is let in.
    package let asksForPassword: Bool

    /// A machine behind ssh.
    ///
    /// - Parameters:
    ///   - host: its name in the inventory.
    ///   - groups: groups that it belongs to.
    ///   - address: host name or IP address.
    ///   - port: where its sshd listens.
    ///   - user: whom to log in as.
    ///   - privateKeyPath: the key's file, which is not copied.
    ///   - knownHosts: its host keys, as `SSHReadiness` gives them.
    package static func ssh(
        host: String, groups: [String] = [], address: String, port: Int, user: String,
        privateKeyPath: String, knownHosts: [String]
    ) -> AnsibleInventory {
        AnsibleInventory(
            host: host, groups: groups,
            variables: [
                "ansible_connection": "ssh", "ansible_host": .string(address),
                "ansible_port": .integer(Int64(port)), "ansible_user": .string(user),
                "ansible_ssh_private_key_file": .string(privateKeyPath),
            ],
            knownHosts: knownHosts)
    }

    /// A machine behind ssh that takes a password.
    ///
    /// - Parameters:
    ///   - host: its name in the inventory.
    ///   - address: host name or IP address.
    ///   - port: where its sshd listens.
    ///   - user: whom to log in as.
    ///   - passwordVariable: the environment variable that holds the password.
    ///   - knownHosts: its host keys, as `SSHReadiness` gives them.
    package static func password(
        host: String, address: String, port: Int, user: String, passwordVariable: String,
        knownHosts: [String]
    ) -> AnsibleInventory {
        AnsibleInventory(
            host: host, groups: [],
            variables: [
                "ansible_connection": "ssh", "ansible_host": .string(address),
                "ansible_port": .integer(Int64(port)), "ansible_user": .string(user),
                "ansible_ssh_password_mechanism": "ssh_askpass",
                "ansible_password": .string(
                    "{{ lookup('ansible.builtin.env', '\(passwordVariable)') }}"),
            ],
            knownHosts: knownHosts, asksForPassword: true)
    }

    /// A container of a Docker engine, entered as root.
    ///
    /// Source: <https://docs.ansible.com/ansible/latest/collections/community/docker/>
    ///
    /// - Parameters:
    ///   - host: its name in the inventory.
    ///   - container: its name in the engine.
    ///   - engineAddress: the engine, as `DOCKER_HOST` names it.
    ///   - certificates: files for an engine behind TLS.
    package static func container(
        host: String, container: String, engineAddress: String,
        certificates: CertificateFiles? = nil
    ) -> AnsibleInventory {
        var variables: [(String, JSONValue)] = [
            ("ansible_connection", "community.docker.docker_api"),
            ("ansible_host", .string(container)),
            (engineVariable, .string(engineAddress)),
            ("ansible_user", "root"), ("ansible_become_method", "su"),
        ]
        if let certificates {
            variables.append(("ansible_docker_validate_certs", true))
            let files = [
                (authorityVariable, certificates.authorityFile),
                ("ansible_docker_client_cert", certificates.clientFile),
                ("ansible_docker_client_key", certificates.clientKeyFile),
            ]
            for case (let name, let file?) in files { variables.append((name, .string(file))) }
        }
        return AnsibleInventory(
            host: host, groups: [], variables: JSONValue(members: variables), knownHosts: [])
    }

    /// This machine itself, with the Python that Ansible runs on.
    package static func local(host: String, groups: [String] = []) -> AnsibleInventory {
        AnsibleInventory(
            host: host, groups: groups,
            variables: [
                "ansible_connection": "local",
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            ],
            knownHosts: [])
    }

    /// A machine with other connection variables.
    package init(
        host: String, groups: [String], variables: JSONValue, knownHosts: [String],
        asksForPassword: Bool = false
    ) {
        self.host = host
        self.groups = groups
        self.variables = variables
        self.knownHosts = knownHosts
        self.asksForPassword = asksForPassword
    }

    /// Whether a Docker engine is the way to the machine.
    var isContainer: Bool { variables[Self.engineVariable] != nil }

    /// Whether the authority of a Docker engine is one of its own.
    var namesAuthority: Bool { variables[Self.authorityVariable] != nil }

    private static let engineVariable = "ansible_docker_docker_host"
    private static let authorityVariable = "ansible_docker_ca_path"

    /// The inventory as Ansible's `yaml` plugin reads it (JSON is YAML).
    var json: JSONValue {
        let noVariables: JSONValue = [:]
        let members: JSONValue = ["hosts": JSONValue(members: [(host, noVariables)])]
        return [
            "all": [
                "hosts": JSONValue(members: [(host, variables)]),
                "children": JSONValue(members: groups.map { ($0, members) }),
            ]
        ]
    }
}
