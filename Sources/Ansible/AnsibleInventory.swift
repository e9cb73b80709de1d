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
    package init(host: String, groups: [String], variables: JSONValue, knownHosts: [String]) {
        self.host = host
        self.groups = groups
        self.variables = variables
        self.knownHosts = knownHosts
    }

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
