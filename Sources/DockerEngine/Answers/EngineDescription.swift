package import Diagnostics

/// An engine as it introduces itself.
package struct EngineDescription: Sendable, Equatable {
    /// The version of the API that is spoken with it.
    package let apiVersion: APIVersion
    /// Product and version, such as `Docker/20.10.24 (linux)`; empty where it says none.
    package let server: String
    /// Where it is, as `DOCKER_HOST` names it.
    package let address: String
    /// With what others reach it too; nil where it asks for none.
    package let certificates: CertificateFiles?

    /// Makes one.
    package init(
        apiVersion: APIVersion, server: String, address: String,
        certificates: CertificateFiles? = nil
    ) {
        self.apiVersion = apiVersion
        self.server = server
        self.address = address
        self.certificates = certificates
    }
}

/// A version of the engine's API, such as 1.43.
package struct APIVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 1 so far.
    package let major: Int
    /// Counted up with the engine's versions.
    package let minor: Int

    /// The lowest that is spoken: Docker 19.03.
    package static let lowest = APIVersion(major: 1, minor: 40)
    /// The highest that is spoken: Docker 25.
    ///
    /// Docker 29 speaks no lower one.
    /// Source: <https://docs.docker.com/reference/api/engine/#api-version-matrix>
    package static let highest = APIVersion(major: 1, minor: 44)

    /// Makes one.
    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads one; nil where the text is none.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]) else {
            return nil
        }
        self.init(major: major, minor: minor)
    }

    /// As it stands in a path.
    package var description: String { "\(major).\(minor)" }

    /// Orders by age.
    package static func < (left: APIVersion, right: APIVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
