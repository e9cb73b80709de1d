/// The kinds of manifests: the values of `/kind`.
package enum ManifestKind: String, CaseIterable, Sendable {
    case release, infrastructure, matrix
}
