import AWS

/// Whether a thing is what the run of a leftover made.
///
/// The journal is data: whoever can write it can name anything in it, while the credentials are
/// those of whoever runs the program. So the thing itself has to say whose it is: by the tags that
/// its creation gave it, or, where it has none, by its place and name.
struct LeftoverClaim {
    let leftover: Leftover

    /// Why a thing with these tags is not the run's; nil where it is.
    func objection(to tags: [AWSTag]) -> String? {
        objection(asset: tags[ResourceNames.assetTag], run: tags[ResourceNames.runTag])
    }

    /// Why a container with these labels is not the run's; nil where it is.
    func objection(toLabels labels: [String: String]) -> String? {
        objection(asset: labels[ResourceNames.assetTag], run: labels[ResourceNames.runTag])
    }

    private func objection(asset: String?, run: String?) -> String? {
        guard asset == leftover.assetId else {
            return "it does not carry the tag `\(ResourceNames.assetTag)` of `\(leftover.assetId)`"
        }
        return run == leftover.runId ? nil : "another run made it"
    }

    /// Why a stack is not the run's; nil where it is.
    ///
    /// One that was never carried out holds nothing, and its tags may not be shown yet: its name
    /// tells then.
    func objection(to stack: Stack) -> String? {
        if stack.status == "REVIEW_IN_PROGRESS", stack.tags.isEmpty {
            let head = ResourceNames.stack(assetId: leftover.assetId, suffix: "")
            return stack.name.hasPrefix(head) ? nil : "its name is not one of this release's"
        }
        return objection(to: stack.tags)
    }

    /// Why an object of that key is not this asset's; nil where its folder is.
    func objection(toKey key: String) -> String? {
        ResourceNames.isInFolder(key, ofAsset: leftover.assetId)
            ? nil : "it lies in no folder of `\(leftover.assetId)`"
    }

    /// Why an image that was only committed is not the run's; nil where it is.
    func objection(toImageNamed name: String, labels: [String: String]) -> String? {
        guard labels[ResourceNames.assetTag] == leftover.assetId else {
            return objection(toLabels: labels)
        }
        let tag = BuildDockerImage.unprovenTag(runId: leftover.runId)
        return name.hasSuffix(":\(tag)") ? nil : "another run made it"
    }

    /// Why a folder on this machine is not the run's; nil where it is.
    ///
    /// - Parameters:
    ///   - path: absolute.
    ///   - folder: what lies there.
    ///   - machine: where runs of this process make their folders.
    func objection(
        toFolder path: String, _ folder: LocalFolder, on machine: LocalMachine
    ) -> String? {
        if let written = leftover.details[LocalMachine.placeDetail], written != machine.place {
            return "it was made on another machine, or before this one started"
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let parent = parts.dropLast().joined(separator: "/")
        guard machine.temporaryFolders.contains(parent) else {
            return "it does not lie in the temporary folder"
        }
        guard let name = parts.last, isFolderName(name) else {
            return "its name is not one of that run's"
        }
        guard folder.isFolder else { return "it is no folder" }
        return folder.isOwn && folder.isPrivate ? nil : "it is not this user's alone"
    }

    /// `dss-`, a letter for the kind of work, the run's number, and what made it unique.
    private func isFolderName(_ name: Substring) -> Bool {
        let run = leftover.runId.prefix(8)
        guard !run.isEmpty, name.hasPrefix("dss-") else { return false }
        let rest = name.dropFirst("dss-".count)
        let numbered = rest.hasPrefix(run) ? rest : rest.dropFirst()
        guard numbered.hasPrefix(run) else { return false }
        let ending = numbered.dropFirst(run.count)
        return ending.isEmpty
            || ending.first == "-" && ending.dropFirst().allSatisfy { $0.isLetter || $0.isNumber }
    }
}
