package import Diagnostics
import FoundationEssentials
import HTTP
import JSON

/// What a registry is shown of who asks.
package struct RegistryCredentials: Sendable, Equatable {
    /// The ways to say it.
    package enum Kind: Sendable, Equatable {
        /// Nobody in particular.
        case anonymous
        /// A user with a password or an access token.
        case password(user: String, Secret)
        /// What the registry gave out at an earlier login.
        case identityToken(Secret)
        /// What the registry itself takes from each request, as it is.
        case registryToken(Secret)
    }

    /// How it is said.
    package let kind: Kind
    /// The registry as Docker files it.
    package let server: String

    /// Makes one.
    package init(_ kind: Kind, server: String) {
        self.kind = kind
        self.server = server
    }

    /// Shows nothing to any registry.
    package static let anonymous = RegistryCredentials(.anonymous, server: "")

    /// What must not be seen in any text.
    var secrets: [Secret] {
        switch kind {
        case .anonymous: []
        case .password(_, let secret), .identityToken(let secret), .registryToken(let secret):
            [secret, headerValue]
        }
    }

    /// The header `X-Registry-Auth`.
    ///
    /// Source: <https://docs.docker.com/reference/api/engine/version/v1.43/#section/Authentication>
    var headerValue: Secret {
        let value: JSONValue
        switch kind {
        case .anonymous: value = [:]
        case .password(let user, let password):
            value = [
                "username": .string(user), "password": .string(password.reveal()),
                "serveraddress": .string(server),
            ]
        case .identityToken(let token):
            value = [
                "identitytoken": .string(token.reveal()), "serveraddress": .string(server),
            ]
        case .registryToken(let token):
            value = [
                "registrytoken": .string(token.reveal()), "serveraddress": .string(server),
            ]
        }
        let text = Data(value.compactText.utf8).base64EncodedString()
        return Secret(String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }))
    }
}

extension ServerCall {
    /// Shows the registry that the call goes on to who asks.
    mutating func show(_ credentials: RegistryCredentials) {
        secretHeaders.append(("X-Registry-Auth", credentials.headerValue))
        secrets += credentials.secrets
    }
}
