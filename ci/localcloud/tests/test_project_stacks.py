"""The project's own templates: CodeBuild projects, the download token, updates of all of them."""

import re
import uuid
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from .conftest import PROJECT
from .test_stack_updates import changes_of, statuses_of
from .test_stacks import create_change_set, deploy, settle

CFN = Path(PROJECT) / "cfn"
IAM = {"Capabilities": ["CAPABILITY_IAM"]}
BUCKET = {"VMBucketName": "images-bucket", "VMExportRoleName": "export-role"}


def template(stem):
    return (CFN / f"{stem}.yaml").read_text()


def given(**values):
    pairs = [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()]
    return IAM | {"Parameters": pairs}


@pytest.fixture
def name():
    return f"stack-{uuid.uuid4().hex[:8]}"


def outputs_of(stack):
    return {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}


def project_of(cloud, name):
    codebuild = cloud.client("codebuild")
    assert name in codebuild.list_projects()["projects"]
    return codebuild.batch_get_projects(names=[name])["projects"][0]


def variables_of(project):
    return {
        v["name"]: (v["type"], v["value"])
        for v in project["environment"]["environmentVariables"]
    }


def test_a_webhook_needs_a_credential_for_its_source(cloud, name):
    client = cloud.client("cloudformation")
    body = template("ci-codebuild")
    stack, _ = deploy(client, name, body, **IAM)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = [r for n, _, r in statuses_of(client, name) if n == "Project"]
    assert any("Could not find access token" in reason for reason in reasons)
    client.delete_stack(StackName=name)
    settle_deletion(client, name)
    arn = "arn:aws:codeconnections:eu-central-1:123456789012:connection/x"
    stack, _ = deploy(client, name, body, **given(GitHubConnectionArn=arn))
    assert stack["StackStatus"] == "CREATE_COMPLETE", statuses_of(client, name)
    client.delete_stack(StackName=name)


def settle_deletion(client, name):
    with pytest.raises(ClientError, match="does not exist"):
        settle(client, name)


@pytest.fixture
def credential(cloud):
    """A credential for GitHub, which a person imports once for each account."""
    client = cloud.client("codebuild")
    made = client.import_source_credentials(
        token="x", serverType="GITHUB", authType="PERSONAL_ACCESS_TOKEN"
    )
    assert client.list_source_credentials()["sourceCredentialsInfos"] == [
        {
            "arn": made["arn"],
            "serverType": "GITHUB",
            "authType": "PERSONAL_ACCESS_TOKEN",
        }
    ]
    yield
    client.delete_source_credentials(arn=made["arn"])
    assert client.list_source_credentials()["sourceCredentialsInfos"] == []


def test_the_ci_project_builds_pushes_that_ask_for_it(cloud, name, credential):
    client = cloud.client("cloudformation")
    stack, _ = deploy(client, name, template("ci-codebuild"), **IAM)
    assert stack["StackStatus"] == "CREATE_COMPLETE", statuses_of(client, name)
    outputs = outputs_of(stack)
    assert outputs["ProjectName"] == name
    project = project_of(cloud, name)
    assert project["arn"] == outputs["ProjectArn"]
    assert project["source"]["buildspec"] == "ci/buildspec.yaml"
    assert (PROJECT / project["source"]["buildspec"]).is_file()
    assert project["webhook"]["filterGroups"] == [
        [
            {"type": "EVENT", "pattern": "PUSH"},
            {"type": "COMMIT_MESSAGE", "pattern": r"\[CodeBuild\]"},
        ]
    ]
    assert project["timeoutInMinutes"] == 180
    logs = cloud.client("logs").describe_log_groups(
        logGroupNamePrefix=outputs["LogGroupName"]
    )["logGroups"]
    assert logs[0]["retentionInDays"] == 90
    assert (
        project["logsConfig"]["cloudWatchLogs"]["groupName"] == outputs["LogGroupName"]
    )


def test_the_release_project_takes_secrets_by_reference_and_batches(cloud, name):
    client = cloud.client("cloudformation")
    wanted = given(**BUCKET, GitHubTokenSecret="team/github")
    stack, _ = deploy(client, name, template("release-codebuild"), **wanted)
    assert stack["StackStatus"] == "CREATE_COMPLETE", statuses_of(client, name)
    project = project_of(cloud, name)
    assert project["environment"]["privilegedMode"] is True
    assert project["buildBatchConfig"]["serviceRole"].startswith("arn:aws:iam:")
    assert project["buildBatchConfig"]["serviceRole"] != project["serviceRole"]
    variables = variables_of(project)
    assert variables["GITHUB_TOKEN"] == ("SECRETS_MANAGER", "team/github")
    assert variables["DSS_DEFAULT_PASSWORD"][0] == "SECRETS_MANAGER"
    assert variables["DSS_JUPYTER_PASSWORD"][0] == "SECRETS_MANAGER"
    assert variables["RESULTS_BUCKET"] == ("PLAINTEXT", "images-bucket")
    assert "DOCKER_REGISTRY_PASSWORD" not in variables


def trust_of(cloud, name):
    """Return who may take the role of a project, and for how long at most."""
    role = project_of(cloud, name)["serviceRole"].rpartition("/")[2]
    found = cloud.client("iam").get_role(RoleName=role)["Role"]
    statements = found["AssumeRolePolicyDocument"]["Statement"]
    return statements, found["MaxSessionDuration"]


def test_github_actions_takes_the_release_role_only_where_it_is_named(cloud, name):
    client = cloud.client("cloudformation")
    body = template("release-codebuild")
    deploy(client, name, body, **given(**BUCKET))
    (build,), _ = trust_of(cloud, name)
    subject = "repo:team/sandbox:environment:release"
    wanted = given(**BUCKET, GitHubActionsSubject=subject)
    seen = create_change_set(client, name, body, "UPDATE", **wanted)
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    settle(client, name)
    (first, second), seconds = trust_of(cloud, name)
    assert first == build
    host = "token.actions.githubusercontent.com"
    assert second["Principal"]["Federated"].endswith(f":oidc-provider/{host}")
    assert second["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert second["Condition"] == {
        "StringEquals": {f"{host}:aud": "sts.amazonaws.com", f"{host}:sub": subject}
    }
    assert seconds == 6 * 60 * 60


def test_an_update_of_a_project_changes_it_in_place(cloud, name):
    client = cloud.client("cloudformation")
    body = template("release-codebuild")
    deploy(client, name, body, **given(**BUCKET))
    before = project_of(cloud, name)
    wanted = given(**BUCKET, TimeoutMinutes="600", GitHubTokenSecret="team/github")
    seen = create_change_set(client, name, body, "UPDATE", **wanted)
    changes = changes_of(seen)
    assert changes.keys() == {"BuildStarterPolicy", "Project", "ReleaseRole"}
    assert {c["Replacement"] for c in changes.values()} == {"False"}
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    stack, _ = settle(client, name)
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    after = project_of(cloud, name)
    assert after["timeoutInMinutes"] == 600
    assert after["created"] == before["created"]
    assert variables_of(after)["GITHUB_TOKEN"][0] == "SECRETS_MANAGER"
    client.delete_stack(StackName=name)
    with pytest.raises(ClientError, match="does not exist"):
        settle(client, name)
    assert name not in cloud.client("codebuild").list_projects()["projects"]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"VMBucketName": "Bad_Bucket"}, "VMBucketName"),
        ({"TimeoutMinutes": "1"}, "TimeoutMinutes"),
        ({"GitHubRepositoryUrl": "git@github.com:a/b"}, "GitHubRepositoryUrl"),
        ({"ComputeType": "HUGE"}, "ComputeType"),
    ],
)
def test_bad_parameters_are_refused(cloud, name, values, complaint):
    with pytest.raises(ClientError, match=complaint):
        create_change_set(
            cloud.client("cloudformation"),
            name,
            template("release-codebuild"),
            **given(**(BUCKET | values)),
        )


def captcha_of(cloud, acl_arn):
    acl_name, acl_id = acl_arn.split("/")[-2:]
    waf = cloud.client("wafv2", "us-east-1")
    acl = waf.get_web_acl(Name=acl_name, Scope="CLOUDFRONT", Id=acl_id)["WebACL"]
    rules = {rule["Name"]: rule for rule in acl["Rules"]}
    limit = rules["VMBucketRateLimit"]
    assert (limit["Priority"], rules["CAPTCHA"]["Priority"]) == (0, 1)
    rate = limit["Statement"]["RateBasedStatement"]
    assert (rate["Limit"], rate["EvaluationWindowSec"]) == (100, 300)
    assert limit["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429
    # A download that broke off goes on within a day.
    immunity = rules["CAPTCHA"]["CaptchaConfig"]["ImmunityTimeProperty"]
    assert immunity["ImmunityTime"] == 86400
    statement = rules["CAPTCHA"]["Statement"]["NotStatement"]["Statement"]
    documents, *others = statement["OrStatement"]["Statements"]
    uncounted = rate["ScopeDownStatement"]["NotStatement"]["Statement"]
    assert uncounted == documents
    check_documents(documents["RegexMatchStatement"])
    return others


def check_documents(statement):
    """Pages, JSON and checksums are neither counted nor asked for a CAPTCHA; images are."""
    assert statement["FieldToMatch"] == {"UriPath": {}}
    for path in ("/", "/p/index.html", "/p/latest.json", "/p/1.0/SHA256SUMS"):
        assert re.search(statement["RegexString"], path), path
    for path in ("/p/1.0/x.vmdk", "/p/1.0/x.vhd", "/p/json", "/p/x.json.raw", "/phtml"):
        assert not re.search(statement["RegexString"], path), path


def renamed_waf():
    # Two web ACLs of one name cannot be: the permanent stack has it already.
    return template("vm-bucket-waf").replace("${NameSuffix}", "-test")


def test_a_second_firewall_needs_names_of_its_own(cloud, name):
    client = cloud.client("cloudformation", "us-east-1")
    waf = cloud.client("wafv2", "us-east-1")
    body, suffix = template("vm-bucket-waf"), given(NameSuffix="-a")
    first, _ = deploy(client, f"{name}-a", body, **suffix)
    assert first["StackStatus"] == "CREATE_COMPLETE"
    stack, _ = deploy(client, name, body, **suffix)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    states = statuses_of(client, name)
    assert "AllowedIpv4" in {n for n, state, _ in states if state == "CREATE_FAILED"}
    client.delete_stack(StackName=name)
    stack, _ = deploy(client, f"{name}-b", body, **given(NameSuffix="-b"))
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    names = {s["Name"] for s in waf.list_ip_sets(Scope="CLOUDFRONT")["IPSets"]}
    assert {"VMBucketAllowedIpv4-a", "VMBucketAllowedIpv4-b"} <= names
    with pytest.raises(ClientError, match="WAFDuplicateItemException"):
        waf.create_ip_set(
            Name="VMBucketAllowedIpv4-b",
            Scope="CLOUDFRONT",
            IPAddressVersion="IPV4",
            Addresses=[],
        )
    client.delete_stack(StackName=f"{name}-a")
    client.delete_stack(StackName=f"{name}-b")


def test_a_download_token_replaces_the_captcha_and_can_be_changed(cloud, name):
    client = cloud.client("cloudformation", "us-east-1")
    secrets, body = cloud.client("secretsmanager", "us-east-1"), renamed_waf()
    token, newer = uuid.uuid4().hex, uuid.uuid4().hex
    first = secrets.create_secret(Name=name, SecretString=token)
    stack, _ = deploy(client, name, body)
    acl = outputs_of(stack)["VMDownloadACLArn"]
    sets = [s["IPSetReferenceStatement"]["ARN"] for s in captcha_of(cloud, acl)]
    assert [arn.split("/")[-2] for arn in sets] == [
        "VMBucketAllowedIpv4-test",
        "VMBucketAllowedIpv6-test",
    ]
    wanted = {"DownloadTokenSecret": name}
    seen = create_change_set(client, name, body, "UPDATE", **given(**wanted))
    shown = client.describe_change_set(
        ChangeSetName=seen["ChangeSetId"], IncludePropertyValues=True
    )
    assert changes_of(shown)["VMDownloadACL"]["Replacement"] == "False"
    assert token not in str(shown)
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    settle(client, name)
    match = captcha_of(cloud, acl)[2]["ByteMatchStatement"]
    assert match["FieldToMatch"]["SingleHeader"]["Name"] == "x-dss-download-token"
    assert match["SearchString"] == token.encode()
    assert match["PositionalConstraint"] == "EXACTLY"
    changed = secrets.put_secret_value(SecretId=name, SecretString=newer)
    for version, text in ((changed["VersionId"], newer), (first["VersionId"], token)):
        options = given(**wanted, DownloadTokenVersionId=version)
        stack, _ = deploy(client, name, body, "UPDATE", **options)
        assert stack["StackStatus"] == "UPDATE_COMPLETE", statuses_of(client, name)
        match = captcha_of(cloud, acl)[2]["ByteMatchStatement"]
        assert match["SearchString"] == text.encode()
    by_arn = given(DownloadTokenSecret=first["ARN"])
    stack, _ = deploy(client, name, body, "UPDATE", **by_arn)
    assert stack["StackStatus"] == "UPDATE_COMPLETE", statuses_of(client, name)
    client.delete_stack(StackName=name)


def test_allowed_addresses_change_in_place(cloud, name):
    client = cloud.client("cloudformation", "us-east-1")
    waf, body = cloud.client("wafv2", "us-east-1"), renamed_waf()
    deploy(client, name, body)

    def addresses():
        found = {}
        for item in waf.list_ip_sets(Scope="CLOUDFRONT")["IPSets"]:
            if item["Name"].endswith("-test"):
                ip_set = waf.get_ip_set(
                    Name=item["Name"], Scope="CLOUDFRONT", Id=item["Id"]
                )
                found[item["Name"][-9:-5]] = ip_set["IPSet"]["Addresses"]
        return found

    assert addresses() == {"Ipv4": [], "Ipv6": []}
    wanted = given(
        AllowedIpv4Cidrs="198.51.100.0/24,203.0.113.7/32",
        AllowedIpv6Cidrs="2001:db8::/48",
    )
    seen = create_change_set(client, name, body, "UPDATE", **wanted)
    assert changes_of(seen).keys() == {"AllowedIpv4", "AllowedIpv6"}
    assert changes_of(seen)["AllowedIpv4"]["Replacement"] == "False"
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    settle(client, name)
    assert addresses() == {
        "Ipv4": ["198.51.100.0/24", "203.0.113.7/32"],
        "Ipv6": ["2001:db8::/48"],
    }
    deploy(client, name, body, "UPDATE", **given())
    assert addresses() == {"Ipv4": [], "Ipv6": []}
    client.delete_stack(StackName=name)


def test_a_secret_that_is_missing_fails_the_stack(cloud, name):
    client = cloud.client("cloudformation", "us-east-1")
    options = given(DownloadTokenSecret="nobody/knows")
    stack, _ = deploy(client, name, renamed_waf(), **options)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = [r for n, _, r in statuses_of(client, name) if n == "VMDownloadACL"]
    assert any("can't find the specified secret" in reason for reason in reasons)
    client.delete_stack(StackName=name)


def test_the_bucket_stays_when_its_stack_goes(cloud, name):
    client = cloud.client("cloudformation")
    acl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/y"
    body = template("vm-bucket")
    stack, _ = deploy(client, name, body, **given(WebAclArn=acl))
    assert stack["StackStatus"] == "CREATE_COMPLETE", statuses_of(client, name)
    outputs = outputs_of(stack)
    assert outputs.keys() == {
        "VMBucketId",
        "VMExportRoleId",
        "CfDistributionId",
        "CfDistributionDomainName",
        "DownloadDomainName",
        "NotFoundPageKey",
    }
    assert outputs["NotFoundPageKey"] == "data_science_sandbox/404.html"
    assert outputs["DownloadDomainName"] == outputs["CfDistributionDomainName"]
    wanted = given(WebAclArn=acl, ImagePrefix="other")
    seen = create_change_set(client, name, body, "UPDATE", **wanted)
    assert changes_of(seen).keys() == {"CfDistribution", "VMBucketPolicy"}
    client.execute_change_set(ChangeSetName=seen["ChangeSetId"])
    settle(client, name)
    s3 = cloud.client("s3")
    policy = s3.get_bucket_policy(Bucket=outputs["VMBucketId"])["Policy"]
    assert "/other/*" in policy
    client.delete_stack(StackName=name)
    with pytest.raises(ClientError, match="does not exist"):
        settle(client, name)
    s3.head_bucket(Bucket=outputs["VMBucketId"])
    assert ("VMBucket", "DELETE_SKIPPED", "") in statuses_of(client, stack["StackId"])
    distributions = cloud.client("cloudfront").list_distributions()["DistributionList"]
    ids = {d["Id"] for d in distributions.get("Items", [])}
    assert outputs["CfDistributionId"] not in ids


def test_a_domain_of_ones_own_is_what_links_show_and_what_is_missing_is_one_page(
    cloud, name
):
    client = cloud.client("cloudformation")
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/x"
    wanted = {
        "WebAclArn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/y",
        "DomainName": "images.example.org",
    }
    body = template("vm-bucket")
    for values in (
        wanted | {"CertificateArn": certificate.replace("us-east-1", "eu-central-1")},
        wanted | {"CertificateArn": certificate, "DomainName": "https://example.org"},
    ):
        with pytest.raises(ClientError, match="must be"):
            create_change_set(client, name, body, **given(**values))
    stack, _ = deploy(client, name, body, **given(**wanted, CertificateArn=certificate))
    outputs = outputs_of(stack)
    assert outputs["DownloadDomainName"] == "images.example.org"
    config = cloud.client("cloudfront").get_distribution(
        Id=outputs["CfDistributionId"]
    )["Distribution"]["DistributionConfig"]
    assert config["Aliases"]["Items"] == ["images.example.org"]
    client.delete_stack(StackName=name)


def test_the_bucket_of_a_creation_that_failed_does_not_stay(cloud, name):
    client, s3 = cloud.client("cloudformation"), cloud.client("s3")
    before = {b["Name"] for b in s3.list_buckets()["Buckets"]}
    rule = {"outcome": "fail-resource", "key": "CfDistribution", "message": "no"}
    cloud.call("/localcloud/faults", "POST", rule)
    acl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/y"
    stack, _ = deploy(client, name, template("vm-bucket"), **given(WebAclArn=acl))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert {b["Name"] for b in s3.list_buckets()["Buckets"]} == before
    client.delete_stack(StackName=name)
