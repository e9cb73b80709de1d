import Diagnostics
import JSON
import Testing

@testable import Ansible

@Suite struct AnsibleInventoryTests {
    @Test func `a password is named by its variable and never written`() {
        let inventory = AnsibleInventory.password(
            host: "sandbox", address: "127.0.0.1", port: 2222, user: "ubuntu",
            passwordVariable: "DSS_NEW_PASSWORD", knownHosts: ["host key"])
        #expect(
            inventory.variables["ansible_password"]
                == "{{ lookup('ansible.builtin.env', 'DSS_NEW_PASSWORD') }}")
        #expect(inventory.variables["ansible_ssh_password_mechanism"] == "ssh_askpass")
        #expect(inventory.asksForPassword)
    }

    @Test func `a container of an engine on this machine needs no certificates`() {
        let inventory = AnsibleInventory.container(
            host: "sandbox", container: "dss-1", engineAddress: "unix:///engine.sock")
        #expect(inventory.variables["ansible_host"] == "dss-1")
        #expect(inventory.variables["ansible_docker_docker_host"] == "unix:///engine.sock")
        #expect(inventory.variables["ansible_docker_validate_certs"] == nil)
        #expect(!inventory.asksForPassword)
        #expect(inventory.isContainer && !inventory.namesAuthority)
    }

    @Test func `an engine behind TLS is verified, with the certificates that there are`() {
        let inventory = AnsibleInventory.container(
            host: "sandbox", container: "dss-1", engineAddress: "https://engine.test:2376",
            certificates: .init(
                authorityFile: "/c/ca.pem", clientFile: "/c/cert.pem", clientKeyFile: nil))
        #expect(inventory.variables["ansible_docker_validate_certs"] == true)
        #expect(inventory.variables["ansible_docker_ca_path"] == "/c/ca.pem")
        #expect(inventory.variables["ansible_docker_client_cert"] == "/c/cert.pem")
        #expect(inventory.variables["ansible_docker_client_key"] == nil)
        #expect(inventory.isContainer && inventory.namesAuthority)
    }
}
