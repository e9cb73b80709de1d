package import JSON

/// Something that a stage's outputs depend on and that is no other stage.
package enum StageInput: Sendable {
    /// A value of the manifest (or derived from it), named by its JSON Pointer; recorded as
    /// `setting:/export/prefix`. The value is recorded too, so that a reason can show old and new.
    case setting(pointer: String, value: JSONValue)
    /// One file, as the manifest names it, relative to the project.
    ///
    /// Recorded as `file:cfn/ec2.yaml`.
    case file(path: String)
    /// Every file under a folder (mode, symlink target, contents); each recorded as `file:…`.
    case folder(path: String)
}

extension StageInput: Equatable {
    /// Compares what is declared; paths by their bytes.
    package static func == (left: StageInput, right: StageInput) -> Bool {
        if case .setting(let leftPointer, let leftValue) = left,
            case .setting(let rightPointer, let rightValue) = right
        {
            return leftPointer == rightPointer && leftValue == rightValue
        }
        return DeclaredPath(left) == DeclaredPath(right) && DeclaredPath(left) != nil
    }
}
