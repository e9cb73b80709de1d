import BuildGraph

/// Every kind of thing that stages write into the journal before they make it.
///
/// The texts are those of the journal's lines: one that was written is never changed, since
/// journals of older programs have to be read. Whoever adds a kind is asked for its removal by
/// the compiler (`LeftoverRemoval.remove`), and for what `clean` makes of it.
enum LeftoverKind: String, CaseIterable, JournalKind {
    /// Of one machine.
    case stack = "cloudformation:stack"
    /// Of a permanent stack, which itself is never in the journal.
    case changeSet = "cloudformation:change-set"
    case keyPair = "ec2:key-pair"
    /// With its snapshots.
    case image = "ec2:image"
    /// An image that shares another one's snapshots.
    case biosImage = "ec2:bios-image"
    /// What `retire` has taken out of the results and is about to remove.
    case retiredImage = "ec2:retired-image"
    /// With the object that it writes.
    case exportTask = "ec2:export-image-task"
    /// With the object that it becomes.
    case upload = "s3:multipart-upload"
    case object = "s3:object"
    /// As `retiredImage`.
    case retiredObject = "s3:retired-object"
    case container = "docker:container"
    /// One that has not shown yet that it works.
    case dockerImage = "docker:image"
    /// The folder of a machine's private key, and of other secrets.
    case privateKey = "local:private-key"
    case workFolder = "local:work-folder"

    /// Where things are that are not in AWS, as the journal names their region.
    enum Place: String, CaseIterable {
        /// This machine: what is asked for here is there at once.
        case machine = "local"
        /// The Docker engine, wherever that is: things are found there by their names.
        case engine = "docker"
    }

    /// Where things of this kind are; nil where they are in a region of AWS.
    var place: Place? {
        switch self {
        case .stack, .changeSet, .keyPair, .image, .biosImage, .retiredImage, .exportTask, .upload,
            .object, .retiredObject:
            nil
        case .container, .dockerImage: .engine
        case .privateKey, .workFolder: .machine
        }
    }

    /// What `clean` lists such a thing as.
    var assetKind: AssetKind {
        switch self {
        case .stack: .stack
        case .keyPair: .keyPair
        case .image, .biosImage: .ami
        case .exportTask: .exportTask
        case .upload: .upload
        case .object: .object
        case .container: .container
        case .dockerImage: .dockerImage
        case .privateKey, .workFolder: .folder
        case .changeSet, .retiredImage, .retiredObject: .unknown
        }
    }
}

extension JournalEntry {
    /// What it stands for; nil where another version of this program wrote it.
    var kind: LeftoverKind? { LeftoverKind(rawValue: resource) }

    /// What messages call it.
    var label: String { id ?? name ?? "" }

    /// What `clean` lists its thing as.
    var assetKind: AssetKind { kind?.assetKind ?? .unknown }
}
