/// A reader of what others write: no bytes may end the process, and what it takes it must write
/// again as it was.
enum FuzzTarget: String, CaseIterable {
    case ansible
    case aws
    case docker
    case github
    case ini
    case inventory
    case journal
    case json
    case manifest
    case plan
    case references
    case result
    case seals
    case template
    case text
    case xml

    /// Reads an input; a property that does not hold ends the process.
    func run(_ bytes: [UInt8]) {
        switch self {
        case .ansible: ServiceTargets.ansible(bytes)
        case .aws: ServiceTargets.aws(bytes)
        case .docker: ServiceTargets.docker(bytes)
        case .github: ServiceTargets.github(bytes)
        case .ini: FormTargets.ini(bytes)
        case .inventory: ServiceTargets.inventory(bytes)
        case .journal: RecordTargets.journal(bytes)
        case .json: FormTargets.json(bytes)
        case .manifest: RecordTargets.manifest(bytes)
        case .plan: RecordTargets.plan(bytes)
        case .references: FormTargets.references(bytes)
        case .result: RecordTargets.result(bytes)
        case .seals: RecordTargets.seals(bytes)
        case .template: ServiceTargets.template(bytes)
        case .text: FormTargets.text(bytes)
        case .xml: FormTargets.xml(bytes)
        }
    }
}
