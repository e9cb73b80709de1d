/// Options of the Python tool that this program's users come from, and what took their place.
///
/// Source: <https://github.com/exasol/ai-lab/tree/main/exasol/ds/sandbox/cli>, and its earlier
/// versions.
enum FormerOption {
    private static let replacements = [
        "--allowed-ip": "name the addresses by `--allowed-cidr ADDRESS/32`, once for each",
        "--asset-type": "name the kinds by `--type KIND`, once for each",
        "--default-password":
            "set the variable `DSS_DEFAULT_PASSWORD`, or name a file with `reset-password "
            + "--password-file FILE`: others see what is on a command line",
        "--ec2-instance-type": "set it in the manifest, or by `--set /instance/type=TYPE`",
        "--ec2-source-ami":
            "set it in the manifest, or by `--set '/ami/base={\"id\": \"AMI\"}'`",
        "--install-dependencies": "use the command `setup-ec2-and-install-dependencies`",
        "--out-file": "name the file by `--output FILE`",
        "--purpose": "leave it out: each stack has a command of its own",
    ]

    /// What to do instead of using an option of the Python tool; nil where it had none such.
    ///
    /// - Parameter option: with its dashes and without a value.
    static func replacement(of option: String) -> String? { replacements[option] }
}
