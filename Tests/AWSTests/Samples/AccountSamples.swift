import AWS
import JSON

extension OperationSample {
    /// What `doctor` asks about an account and its networks.
    static func accountReading(_ random: inout SampleFields) -> [OperationSample] {
        let (name, token, filters) = (random.text(), random.text(), random.filters())
        let (ids, some) = (random.texts(), random.someTexts())
        return [
            OperationSample(
                DescribeInstanceTypes(instanceTypes: ids, pageToken: token),
                ["InstanceTypes": ids.json, "NextToken": token.json]),
            OperationSample(
                DescribeVpcs(filters: filters, pageToken: token),
                ["Filters": filters.json, "NextToken": token.json]),
            OperationSample(
                DescribeSubnets(filters: filters, pageToken: token),
                ["Filters": filters.json, "NextToken": token.json]),
            OperationSample(DescribeSecret(secretId: name), ["SecretId": name.json]),
            OperationSample(GetRole(roleName: name), ["RoleName": name.json]),
            OperationSample(
                SimulatePrincipalPolicy(
                    principalArn: name, actions: some, resourceArns: some, pageToken: token),
                [
                    "PolicySourceArn": name.json, "ActionNames": some.json,
                    "ResourceArns": some.json, "Marker": token.json,
                ]),
            OperationSample(
                GetAWSDefaultServiceQuota(QuotaName(serviceCode: name, quotaCode: token)),
                ["ServiceCode": name.json, "QuotaCode": token.json]),
            OperationSample(
                GetServiceQuota(QuotaName(serviceCode: name, quotaCode: token)),
                ["ServiceCode": name.json, "QuotaCode": token.json]),
        ]
    }
}
