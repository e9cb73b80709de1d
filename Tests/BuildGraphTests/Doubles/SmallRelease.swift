import BuildGraph
import JSON

/// A release in small: a looked-up image, a machine in two steps, an image, two exports.
func release(_ log: Log, setting: JSONValue = "a") -> [FakeStage] {
    var source = FakeStage("source-ami")
    source.isLookup = true
    var instance = FakeStage("instance", needs: ["source-ami"], lifetime: .ephemeral)
    var install = FakeStage(
        "install", needs: ["instance"],
        inputs: [.setting(pointer: "/provision/variables", value: setting)], lifetime: .ephemeral)
    var ami = FakeStage("ami", needs: ["install"])
    var vhd = FakeStage("export-vhd", group: "export", needs: ["ami"])
    var vmdk = FakeStage("export-vmdk", group: "export", needs: ["ami"])
    for (stage, set) in [
        (source, { source = $0 }), (instance, { instance = $0 }), (install, { install = $0 }),
        (ami, { ami = $0 }), (vhd, { vhd = $0 }), (vmdk, { vmdk = $0 }),
    ] as [(FakeStage, (FakeStage) -> Void)] {
        var copy = stage
        copy.body = { _ in
            log.add("run \(stage.name)")
            return "made by \(stage.name)"
        }
        copy.down = { _ in log.add("down \(stage.name)") }
        set(copy)
    }
    return [source, instance, install, ami, vhd, vmdk]
}
