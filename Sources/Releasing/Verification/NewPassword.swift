import Diagnostics

/// The password that a verified machine gets at its first login; nobody needs it afterwards.
enum NewPassword {
    static let variable = "DSS_NEW_PASSWORD"
    private static let length = 24
    private static let characters = Array(
        "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")

    /// A fresh one out of letters and digits.
    static func random() -> Secret {
        Secret(
            String(
                (0..<length).map { _ in characters[Int.random(in: 0..<characters.count)] }))
    }
}
