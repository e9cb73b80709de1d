/// What is done with one machine, apart from a release.
package enum MachineTask: Sendable {
    /// Starts a machine, installs on it where asked to, and hands it over.
    case setUp(installs: Bool, hold: any MachineHold)
    /// The same for a machine that outlives the run; its files go into that folder.
    case setUpToLast(installs: Bool, hold: any MachineHold, folder: String)
    /// Installs the sandbox on a machine that is there.
    case install(GivenHost)
    /// Gives a machine that is there its default, expired password.
    case resetPassword(GivenHost)
    /// Makes an image of an instance that is there.
    case image(FindInstance.Reference)

    /// The stage that is asked for.
    package var goal: String {
        switch self {
        case .setUp, .setUpToLast: "hold"
        case .install: "install"
        case .resetPassword: "reset-password"
        case .image: "ami"
        }
    }
}
