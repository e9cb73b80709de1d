import Diagnostics
import Foundation
import HTTP
import JSON
import Testing

@testable import AWS
@testable import Releasing

@Suite struct HealthDecisionTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    private func credentials(
        token: Bool, lifeSeconds: Double? = nil, isRenewable: Bool = false
    ) -> AWSCredentials {
        AWSCredentials(
            accessKeyId: "A", secretAccessKey: Secret("s"),
            sessionToken: token ? Secret("t") : nil,
            expiration: lifeSeconds.map { now.addingTimeInterval($0) }, isRenewable: isRenewable,
            origin: "test")
    }

    @Test func `credentials are held against the length of the run`() {
        for (held, status) in [
            (credentials(token: false), HealthFinding.Status.ok),
            (credentials(token: true, lifeSeconds: 10, isRenewable: true), .ok),
            (credentials(token: true, lifeSeconds: 3601), .ok),
            (credentials(token: true, lifeSeconds: 3599), .failed),
            (credentials(token: true, lifeSeconds: -5), .failed),
            (credentials(token: true), .warning),
        ] {
            let finding = CredentialLifetimeCheck.judge(held, now: now, neededSeconds: 3600)
            #expect(finding.status == status, "\(finding)")
        }
    }

    @Test func `a quota is enough up to its last one`() {
        for used in 0...10 {
            for needed in 0...5 {
                let finding = Quota.images.judge(
                    used: used, needed: needed, limit: 10, region: "r")
                #expect(finding.status == (used + needed <= 10 ? .ok : .failed))
            }
        }
    }

    @Test func `machines of a matrix that wait for each other are told, one without room fails`() {
        let quota = Quota(code: "L-1216C47A", what: "vCPUs")
        for (used, besides, status) in [
            (0, 0, HealthFinding.Status.ok), (0, 3, .ok), (0, 4, .warning), (3, 1, .warning),
            (4, 0, .failed), (4, 9, .failed),
        ] {
            let finding = VCPUQuotaCheck.judge(
                quota, used: used, needed: 2, besides: besides, limit: 5, region: "r")
            #expect(finding.status == status, "\(used) \(besides): \(finding)")
        }
    }

    @Test(arguments: [
        ("t3.medium", "L-1216C47A"), ("m7i-flex.large", "L-1216C47A"),
        ("im4gn.large", "L-1216C47A"), ("g5.xlarge", "L-DB2E81BA"), ("inf2.xlarge", "L-1945791B"),
        ("x2idn.large", "L-7295265B"), ("hpc7a.48xlarge", nil),
    ])
    func `a type counts against its family's quota`(type: String, code: String?) {
        #expect(VCPUQuotaCheck.quota(of: type)?.code == code)
    }

    @Test func `a type that no zone offers is an obstacle only where no other type is left`() {
        for (zones, status) in [
            (["a": ["z"], "b": ["z"]], HealthFinding.Status.ok),
            (["a": [], "b": ["z"]], .warning), (["a": ["z"]], .warning), ([:], .failed),
        ] {
            let finding = InstanceTypesCheck.judge(types: ["a", "b"], zones: zones, region: "r")
            #expect(finding.status == status, "\(finding)")
        }
        let offered = [("a", "z2"), ("a", "z1"), ("b", "z3")].map {
            DescribeInstanceTypeOfferings.Offering(instanceType: $0.0, zone: $0.1)
        }
        #expect(
            MachineZones.zones(of: ["a", "b"], offered: offered, reachable: ["z1", "z2"])
                == ["a": ["z1", "z2"], "b": []])
    }

    @Test func `an image is deprecated so many days after it was made, and not in the past`() {
        let made = now.addingTimeInterval(-86_400)
        let date = DeprecateAMI.date(days: 3, created: made, now: now)
        #expect(date.timeIntervalSince(now) == 172_800)
        #expect(DeprecateAMI.date(days: 1, created: made, now: now) > now)
        for (ageDays, isPublic, accepted) in [
            (1.0, true, true), (729, true, true), (731, true, false), (731, false, true),
        ] {
            let created = now.addingTimeInterval(-ageDays * 86_400)
            let soon = DeprecateAMI.date(days: 1, created: created, now: now)
            #expect(
                DeprecateAMI.accepts(soon, created: created, isPublic: isPublic) == accepted)
        }
    }

    @Test func `exports of others are waited for, not failed over`() {
        #expect(ExportQuotaCheck.judge(active: 4, region: "r").status == .ok)
        #expect(ExportQuotaCheck.judge(active: 5, region: "r").status == .warning)
    }

    @Test(arguments: [
        ([ImageFormat.raw], 46, HealthFinding.Status.ok), ([.raw], 47, .warning),
        ([.vhd, .vmdk], 1024, .ok), ([.vmdk, .raw], 100, .warning),
    ])
    func `a RAW image above 50 GB is told`(
        formats: [ImageFormat], volumeGiB: Int, status: HealthFinding.Status
    ) {
        #expect(DeliveryCheck.judge(formats: formats, volumeGiB: volumeGiB).status == status)
    }

    @Test(
        arguments: [
            (nil, HealthFinding.Status.ok), ("AES256", .ok), ("aws:kms", .failed),
            ("aws:kms:dsse", .failed),
        ] as [(String?, HealthFinding.Status)])
    func `a bucket with a key of KMS takes no export`(
        algorithm: String?, status: HealthFinding.Status
    ) {
        let finding = ExportEncryptionCheck.judge(bucket: "b", algorithm: algorithm)
        #expect(finding.status == status)
    }

    @Test func `a machine needs a default subnet with public addresses`() {
        func subnet(_ id: String, _ gives: Bool, isDefault: Bool = true) throws
            -> DescribeSubnets.Subnet
        {
            let xml = """
                <DescribeSubnetsResponse><subnetSet><item><subnetId>\(id)</subnetId>
                <defaultForAz>\(isDefault)</defaultForAz>
                <mapPublicIpOnLaunch>\(gives)</mapPublicIpOnLaunch></item></subnetSet>
                </DescribeSubnetsResponse>
                """
            let response = WireResponse(
                action: DescribeSubnets.action,
                http: HTTPResponse(status: 200, body: Array(xml.utf8)))
            return try DescribeSubnets().decode(response).items.first.orThrow()
        }
        #expect(throws: Never.self) {
            for (network, subnets, status) in [
                (nil, [], HealthFinding.Status.failed), ("v", [], .failed),
                ("v", [try subnet("a", true, isDefault: false)], .failed),
                ("v", [try subnet("a", false)], .failed),
                ("v", [try subnet("a", true), try subnet("b", false)], .warning),
                ("v", [try subnet("a", true), try subnet("b", true)], .ok),
            ] as [(String?, [DescribeSubnets.Subnet], HealthFinding.Status)] {
                let finding = NetworkCheck.judge(network: network, subnets: subnets, region: "r")
                #expect(finding.status == status, "\(finding)")
            }
        }
    }

    @Test(arguments: [
        (#"{"Service": "vmie.amazonaws.com"}"#, "\"vmimport\"", "Allow", true),
        (
            #"{"Service": ["ec2.amazonaws.com", "vmie.amazonaws.com"]}"#, "[\"vmimport\"]", "Allow",
            true
        ),
        (#"{"Service": "vmie.amazonaws.com"}"#, "\"other\"", "Allow", false),
        (#"{"Service": "ec2.amazonaws.com"}"#, "\"vmimport\"", "Allow", false),
        (#"{"Service": "vmie.amazonaws.com"}"#, "\"vmimport\"", "Deny", false),
        (#"{"AWS": "arn:aws:iam::1:root"}"#, "\"vmimport\"", "Allow", false),
    ])
    func `a trust policy names the service and the external id`(
        principal: String, externalId: String, effect: String, isGood: Bool
    ) throws {
        let statement = """
            {"Effect": "\(effect)", "Principal": \(principal), "Action": "sts:AssumeRole",
             "Condition": {"StringEquals": {"sts:Externalid": \(externalId)}}}
            """
        for document in [statement, "[\(statement)]"] {
            let policy = try JSONValue.parse(
                Array("{\"Statement\": \(document)}".utf8), source: "test")
            #expect(
                TrustPolicy(policy).lets(
                    service: TrustPolicy.exportService, externalId: "vmimport") == isGood)
        }
    }

    @Test func `a session's role is its own, and other identities have none`() {
        let session = "arn:aws:sts::123456789012:assumed-role/release/me"
        #expect(PermissionsCheck.role(ofSession: session) == "release")
        for arn in [
            "arn:aws:iam::123456789012:user/team/me", "arn:aws:iam::123456789012:root",
            "arn:aws:sts::123456789012:federated-user/me", "arn:aws:iam::1:role/a/b",
        ] { #expect(PermissionsCheck.role(ofSession: arn) == nil) }
    }

    @Test func `what the caller may not do everywhere is a warning that names it`() {
        let all = PermissionsCheck.actions.map {
            SimulatePrincipalPolicy.Evaluation(action: $0, isAllowed: $0 != "ec2:ExportImage")
        }
        let finding = PermissionsCheck.judge(all, caller: "arn")
        #expect(finding.status == .warning && finding.message.hasSuffix(": `ec2:ExportImage`"))
        #expect(
            PermissionsCheck.judge(all.filter(\.isAllowed), caller: "arn").status == .ok)
    }

    @Test func `missing passwords are named and never shown`() {
        let finding = PasswordsCheck.judge([("A", Secret("hidden")), ("B", Secret("")), ("C", nil)])
        #expect(finding.status == .failed && finding.message == "not set: `B`, `C`")
        #expect(PasswordsCheck.judge([("A", Secret("hidden"))]).message == "`A` is set")
    }

    @Test func `what is free is held against what a disk takes`() {
        for (free, status) in [
            (DiskSpaceCheck.leastBytes - 1, HealthFinding.Status.failed),
            (DiskSpaceCheck.leastBytes, .warning), (DiskSpaceCheck.usualBytes, .ok),
        ] {
            #expect(DiskSpaceCheck.judge(free: free, folder: "/f").status == status)
        }
    }

    @Test func `a stage without a record takes as long as usual`() {
        #expect(ExpectedDuration.seconds(group: "install", recorded: nil) == 1200)
        #expect(ExpectedDuration.seconds(group: "install", recorded: 3) == 3)
    }
}
