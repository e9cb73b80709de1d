package import BuildGraph

/// What is done with one machine, apart from a release.
///
/// Port and user of a machine that is there are the manifest's.
package enum MachineTask: Sendable {
    /// Starts a machine, installs on it where asked to, and hands it over; one that lasts
    /// outlives the run. Without an existing key a fresh pair is made.
    case setUp(
        installs: Bool, lasts: Bool, existingKey: ExistingKeyPair?, hold: any MachineHold)
    /// Installs the sandbox on a machine that is there.
    case install(hostName: String, privateKeyPath: String)
    /// Gives a machine that is there its default, expired password.
    case resetPassword(hostName: String, privateKeyPath: String)
    /// Makes an image of an instance that is there.
    case image(FindInstance.Reference)

    /// The stage that is asked for.
    package var goal: StageName {
        switch self {
        case .setUp: "hold"
        case .install: "install"
        case .resetPassword: "reset-password"
        case .image: "ami"
        }
    }

    /// Whether it is about a machine that anybody may have, so that no cloud is called.
    var isOfGivenHost: Bool {
        switch self {
        case .install, .resetPassword: true
        case .setUp, .image: false
        }
    }
}
