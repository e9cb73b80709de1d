import Diagnostics
import Foundation
import HTTP
import Testing

@testable import AWS

@Suite struct DecodingTests {
    /// The answer with its own root in place of `R`.
    private static func named(_ body: String, _ action: AWSAction) -> String {
        body.replacing("<R>", with: "<\(action.name)Response>")
            .replacing("</R>", with: "</\(action.name)Response>")
    }

    private func decode<O: AWSOperation>(
        _ operation: O, _ body: String, headers: [(name: String, value: String)] = []
    ) throws -> O.Output {
        try operation.decode(
            WireResponse(
                action: O.action,
                http: HTTPResponse(
                    status: 200, headers: headers, body: Array(Self.named(body, O.action).utf8))))
    }

    @Test func `an image's fields are read`() throws {
        let page = try decode(
            DescribeImages(),
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
              <imagesSet><item>
                <imageId>ami-1</imageId><name>a &lt;b&gt; &amp; c</name>
                <imageState>failed</imageState><isPublic>true</isPublic>
                <stateReason><code>Client.X</code><message>why</message></stateReason>
                <productCodes><item><productCode>pc</productCode></item></productCodes>
                <blockDeviceMapping>
                  <item>
                    <deviceName>/dev/sda1</deviceName>
                    <ebs><snapshotId>snap-1</snapshotId></ebs>
                  </item>
                  <item><virtualName>ephemeral0</virtualName></item>
                </blockDeviceMapping>
                <tagSet><item><key>k</key><value> v </value></item></tagSet>
              </item></imagesSet>
              <nextToken>more</nextToken>
            </DescribeImagesResponse>
            """)
        let image = try #require(page.items.first)
        #expect(page.nextToken == "more")
        #expect(image.name == "a <b> & c" && image.state == "failed" && image.isPublic)
        #expect(image.stateReason == "why" && image.productCodes == ["pc"])
        #expect(image.volumes == [.init(deviceName: "/dev/sda1", snapshotId: "snap-1")])
        #expect(image.snapshotIds == ["snap-1"] && image.tags["k"] == " v ")
    }

    @Test func `machines of all reservations are read`() throws {
        let one = """
            <item><instancesSet><item><instanceId>i-ID</instanceId>
            <instanceState><code>16</code><name>running</name></instanceState>
            <dnsName>NAME</dnsName><launchTime>2026-11-23T18:00:00.000Z</launchTime>
            </item></instancesSet></item>
            """
        let items = [("1", "a.example"), ("2", "")].map {
            one.replacing("ID", with: $0.0).replacing("NAME", with: $0.1)
        }
        let page = try decode(
            DescribeInstances(),
            "<R><reservationSet>\(items.joined())</reservationSet><nextToken/></R>")
        #expect(page.items.map(\.id) == ["i-1", "i-2"])
        #expect(page.items.map(\.publicDnsName) == ["a.example", nil])
        #expect(page.items[0].launchTime == Timestamp.date("2026-11-23T18:00:00Z"))
        #expect(page.nextToken == nil)
    }

    @Test func `an export's progress is read`() throws {
        let page = try decode(
            DescribeExportImageTasks(),
            """
            <R><exportImageTaskSet><item><exportImageTaskId>export-ami-1</exportImageTaskId>
            <status>active</status><statusMessage>converting</statusMessage><progress>85</progress>
            <s3ExportLocation><s3Bucket>b</s3Bucket><s3Prefix>p/</s3Prefix></s3ExportLocation>
            </item></exportImageTaskSet></R>
            """)
        let task = try #require(page.items.first)
        #expect(task.percent == 85 && task.bucket == "b" && task.prefix == "p/")
    }

    @Test func `a stack and a change set are read`() throws {
        let stacks = try decode(
            DescribeStacks(),
            """
            <DescribeStacksResponse><DescribeStacksResult><Stacks><member>
            <StackId>arn:s</StackId><StackName>s</StackName><StackStatus>X</StackStatus>
            <Outputs><member><OutputKey>o</OutputKey><OutputValue>v</OutputValue></member></Outputs>
            </member></Stacks></DescribeStacksResult></DescribeStacksResponse>
            """)
        #expect(stacks.items.first?.outputs == ["o": "v"])
        let set = try decode(
            DescribeChangeSet(changeSetName: "c", stackName: "s"),
            """
            <DescribeChangeSetResponse><DescribeChangeSetResult><ChangeSetId>c</ChangeSetId>
            <Status>FAILED</Status><StatusReason>The submitted information didn't contain changes.
            </StatusReason></DescribeChangeSetResult></DescribeChangeSetResponse>
            """)
        #expect(set.isEmpty)
    }

    @Test func `a change tells its places and the call that began an event its token`() throws {
        let set = try decode(
            DescribeChangeSet(changeSetName: "c", stackName: "s"),
            """
            <DescribeChangeSetResponse><DescribeChangeSetResult><ChangeSetId>c</ChangeSetId>
            <Status>CREATE_COMPLETE</Status><Changes><member><ResourceChange>
            <Action>Modify</Action><LogicalResourceId>L</LogicalResourceId>
            <Replacement>True</Replacement><Details><member><Target>
            <Attribute>Properties</Attribute><Name>N</Name><Path>/Properties/N</Path>
            <RequiresRecreation>Always</RequiresRecreation><BeforeValue>b</BeforeValue>
            <AfterValue>a</AfterValue></Target></member></Details></ResourceChange></member>
            </Changes></DescribeChangeSetResult></DescribeChangeSetResponse>
            """)
        let change = try #require(set.changes.first)
        #expect(change.replacement == "True" && change.resourceType == nil)
        let detail = try #require(change.details.first)
        #expect(detail.path == "/Properties/N" && detail.requiresRecreation == "Always")
        #expect(detail.before == "b" && detail.after == "a")
        let events = try decode(
            DescribeStackEvents(stackName: "s"),
            """
            <DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents><member>
            <EventId>e</EventId><ClientRequestToken>t</ClientRequestToken></member></StackEvents>
            </DescribeStackEventsResult></DescribeStackEventsResponse>
            """)
        #expect(events.items.first?.clientToken == "t")
    }

    @Test func `keys of a list are read whether or not they are encoded`() throws {
        let contents = "<Contents><Key>KEY</Key><Size>5</Size></Contents>"
        for (encoding, written) in [
            ("<EncodingType>url</EncodingType>", "a+b%2B%C3%A9%25"), ("", "a b+é%"),
        ] {
            let page = try decode(
                ListObjectsV2(bucket: "bbb"),
                "<ListBucketResult>\(encoding)\(contents.replacing("KEY", with: written))"
                    + "</ListBucketResult>")
            #expect(page.items.map(\.key) == ["a b+é%"])
        }
    }

    @Test func `a bucket's location has two old names`() throws {
        for (text, region) in [
            ("", "us-east-1"), ("EU", "eu-west-1"), ("eu-north-1", "eu-north-1"),
        ] {
            let found = try decode(
                GetBucketLocation(bucket: "b"), "<LocationConstraint>\(text)</LocationConstraint>")
            #expect(found == region)
        }
    }

    @Test func `a bucket's encryption is what its rule says`() throws {
        let rule = """
            <Rule><ApplyServerSideEncryptionByDefault>
            <SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>
            """
        for (text, algorithm) in [(rule, "aws:kms"), ("", nil)] as [(String, String?)] {
            let found = try decode(
                GetBucketEncryption(bucket: "b"),
                "<ServerSideEncryptionConfiguration>\(text)</ServerSideEncryptionConfiguration>")
            #expect(found == algorithm)
        }
    }

    @Test func `a parameter is read from JSON`() throws {
        let parameter = try decode(
            GetParameter(name: "n"), #"{"Parameter": {"Name": "n", "Value": "v", "Version": 3}}"#)
        #expect(parameter.value == "v" && parameter.version == 3)
    }

    @Test func `broken, cut and endlessly deep answers are errors`() throws {
        let deep = String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100)
        let whole = "<R><imagesSet><item><imageId>i</imageId></item></imagesSet></R>"
        for body in ["", "nonsense", deep, String(whole.dropLast(5)), whole] {
            let error = #expect(throws: Diagnostic.self) { try decode(DescribeImages(), body) }
            #expect(error?.code == "aws.wire", "\(body)")
        }
        #expect(throws: Diagnostic.self) { try decode(GetParameter(name: "n"), "{") }
    }

    @Test func `what is written as XML is read back the same`() throws {
        let odd = "<&>\"'\n\r\t é😀 ]]>"
        let node = XMLNode("R", attributes: ["a": odd], [XMLNode("K", text: odd)])
        #expect(try XMLReader.parse(Array(node.document.utf8)) == node)
    }
}
