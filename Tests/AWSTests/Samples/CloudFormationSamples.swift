import AWS
import Diagnostics
import JSON

extension OperationSample {
    static func cloudFormation(_ random: inout SampleFields) -> [OperationSample] {
        let (stack, name, token) = (random.text(), random.text(), random.text())
        let (flag, tags, values) = (random.flag(), random.tags(), random.someTexts())
        let named: JSONValue = ["StackName": stack.json, "NextToken": token.json]
        return [
            OperationSample(
                CreateChangeSet(
                    stackName: stack, changeSetName: name, kind: flag ? .create : .update,
                    templateBody: token, clientToken: token,
                    parameters: [StackParameter(name, token), StackParameter(token, nil)],
                    capabilities: ["CAPABILITY_NAMED_IAM"], tags: tags, description: name),
                [
                    "StackName": stack.json, "ChangeSetName": name.json,
                    "ChangeSetType": flag ? "CREATE" : "UPDATE", "TemplateBody": token.json,
                    "ClientToken": token.json,
                    "Parameters": [
                        ["ParameterKey": name.json, "ParameterValue": token.json],
                        ["ParameterKey": token.json, "UsePreviousValue": true],
                    ],
                    "Capabilities": ["CAPABILITY_NAMED_IAM"], "Tags": tags.json,
                    "Description": name.json,
                ]),
            OperationSample(
                DescribeChangeSet(
                    changeSetName: name, stackName: stack, includePropertyValues: flag,
                    pageToken: token),
                [
                    "ChangeSetName": name.json, "StackName": stack.json,
                    "IncludePropertyValues": flag.json, "NextToken": token.json,
                ]),
            OperationSample(
                ExecuteChangeSet(
                    changeSetName: name, clientToken: token, stackName: stack,
                    disableRollback: flag),
                [
                    "ChangeSetName": name.json, "ClientRequestToken": token.json,
                    "StackName": stack.json, "DisableRollback": flag.json,
                ]),
            OperationSample(
                DeleteChangeSet(changeSetName: name, stackName: stack),
                ["ChangeSetName": name.json, "StackName": stack.json]),
            OperationSample(DescribeStacks(stackName: stack, pageToken: token), named),
            OperationSample(DescribeStackEvents(stackName: stack, pageToken: token), named),
            OperationSample(
                DescribeStackResources(stackName: stack), ["StackName": stack.json]),
            OperationSample(
                DeleteStack(stackName: stack, clientToken: token, retainResources: values),
                [
                    "StackName": stack.json, "ClientRequestToken": token.json,
                    "RetainResources": values.json,
                ]),
        ]
    }

    static func stsAndSSM(_ random: inout SampleFields) -> [OperationSample] {
        let (name, token, flag) = (random.text(), random.text(), random.flag())
        let role = "arn:aws:iam::123456789012:role/\(name)"
        return [
            OperationSample(GetCallerIdentity(), [:]),
            OperationSample(
                AssumeRole(
                    roleArn: role, sessionName: "s\(name)", externalId: "x\(token)",
                    durationSeconds: 900),
                [
                    "RoleArn": role.json, "RoleSessionName": "s\(name)".json,
                    "ExternalId": "x\(token)".json, "DurationSeconds": 900,
                ]),
            OperationSample(
                AssumeRoleWithWebIdentity(
                    roleArn: role, sessionName: "s\(name)", token: Secret("toke\(token)"),
                    durationSeconds: 3600),
                [
                    "RoleArn": role.json, "RoleSessionName": "s\(name)".json,
                    "WebIdentityToken": "toke\(token)".json, "DurationSeconds": 3600,
                ]),
            OperationSample(
                GetRoleCredentials(
                    roleName: "r\(name)", accountId: "123456789012",
                    accessToken: Secret("bearer-\(flag)")),
                [
                    "roleName": "r\(name)".json, "accountId": "123456789012",
                    "accessToken": "bearer-\(flag)".json,
                ]),
            OperationSample(
                CreateToken(
                    clientId: "c\(name)", clientSecret: Secret("s\(token)"),
                    refreshToken: Secret("r\(token)")),
                [
                    "clientId": "c\(name)".json, "clientSecret": "s\(token)".json,
                    "refreshToken": "r\(token)".json, "grantType": "refresh_token",
                ]),
            OperationSample(
                GetParameter(name: name, withDecryption: flag),
                ["Name": name.json, "WithDecryption": flag.json]),
        ]
    }
}
