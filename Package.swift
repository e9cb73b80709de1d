// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let collections = Target.Dependency.product(
    name: "OrderedCollections", package: "swift-collections")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// Has the program that ships bring the Swift runtime along.
///
/// So it needs no toolchain, and starts without fourteen shared libraries. Tests keep the shared
/// runtime, because Swift Testing needs it; what is compiled is the same for both. The two archives
/// are behind `FoundationEssentials`, whose shared form has no need to name them. Nobody looks up the
/// program's own symbols: without them it is 2 MB smaller, and `-s` strips the rest.
let staticRuntime: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-Xlinker", "--no-export-dynamic", "-Xlinker", "-s"],
        .when(platforms: [.linux], configuration: .release)),
    .linkedLibrary("_FoundationCShims", .when(platforms: [.linux], configuration: .release)),
    .linkedLibrary("_FoundationCollections", .when(platforms: [.linux], configuration: .release)),
]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
    of name: String, _ dependencies: [Target.Dependency], files: [String] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: dependencies + ["TestSupport"],
        exclude: files,
        swiftSettings: settings
    )
}

let package = Package(
    name: "dssbatch",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(
            url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CJansson", providers: [.apt(["libjansson-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
        .target(
            name: "Hashing", dependencies: ["CCrypto"], swiftSettings: settings,
            linkerSettings: [.linkedLibrary(":libcrypto.a")]),
        library("Diagnostics", [subprocess, systemPackage]),
        .target(
            name: "JSON", dependencies: ["CJansson", "Diagnostics", collections],
            swiftSettings: settings, linkerSettings: [.linkedLibrary(":libjansson.a")]),
        library("HTTP", ["CCurl", "Diagnostics", "JSON"]),
        library("BuildGraph", ["Diagnostics", "Hashing", "JSON", collections]),
        .target(
            name: "AWS",
            dependencies: ["CExpat", "Diagnostics", "Hashing", "JSON", "HTTP"],
            swiftSettings: settings, linkerSettings: [.linkedLibrary(":libexpat.a")]),
        library("GitHub", ["Diagnostics", "JSON", "HTTP"]),
        library("Ansible", ["Diagnostics", "JSON"]),
        library("DockerEngine", ["Diagnostics", "Hashing", "JSON", "HTTP", collections]),
        library("QEMU", ["Diagnostics", "JSON"]),
        .target(
            name: "Releasing",
            dependencies: [
                "Diagnostics", "Hashing", "JSON", "BuildGraph", "AWS", "GitHub", "Ansible",
                "DockerEngine", "QEMU", collections,
            ],
            resources: [
                .embedInCode("Schemas/release.schema.json"),
                .embedInCode("Schemas/infrastructure.schema.json"),
                .embedInCode("Schemas/matrix.schema.json"),
                .embedInCode("Schemas/matrix-summary.schema.json"),
                .embedInCode("Schemas/result.schema.json"),
                .embedInCode("Schemas/release-document.schema.json"),
                .embedInCode("Schemas/events.schema.json"),
                .embedInCode("Schemas/plan.schema.json"),
                .embedInCode("Schemas/inventory.schema.json"),
                .embedInCode("Schemas/journal.schema.json"),
                .embedInCode("Prices/prices.json"),
                .embedInCode("Schemas/report.schema.json"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Commands",
            dependencies: [
                "Diagnostics", "JSON", "HTTP", "BuildGraph", "AWS", "GitHub", "Ansible",
                "DockerEngine", "QEMU", "Releasing", argumentParser, collections,
            ],
            resources: [
                .embedInCode("Explaining/errors.txt"), .embedInCode("Reports/report.css"),
                .embedInCode("Reports/report.js"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "dssbatch", dependencies: ["Commands"], swiftSettings: settings,
            linkerSettings: staticRuntime),
        .target(
            name: "TestSupport",
            dependencies: ["Diagnostics", "JSON", "HTTP"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        tests(of: "Hashing", ["Hashing"]),
        tests(of: "Diagnostics", ["Diagnostics"]),
        tests(of: "JSON", ["JSON", "Diagnostics"]),
        tests(of: "HTTP", ["HTTP", "Diagnostics"]),
        tests(of: "BuildGraph", ["BuildGraph", "JSON", "Diagnostics"]),
        tests(of: "AWS", ["AWS", "HTTP", "JSON", "Diagnostics"], files: ["Judges"]),
        tests(of: "GitHub", ["GitHub", "HTTP", "JSON", "Diagnostics"]),
        tests(of: "DockerEngine", ["DockerEngine", "Hashing", "HTTP", "JSON", "Diagnostics"]),
        tests(of: "QEMU", ["QEMU", "Diagnostics", "JSON"]),
        tests(of: "Ansible", ["Ansible", "JSON", "Diagnostics"], files: ["Fixtures"]),
        tests(
            of: "Releasing",
            [
                "Releasing", "AWS", "Ansible", "BuildGraph", "DockerEngine", "GitHub", "HTTP",
                "JSON", "QEMU", "Diagnostics", collections,
            ],
            files: ["Golden", "Judges"]),
        tests(
            of: "Commands",
            [
                "Commands", "Releasing", "BuildGraph", "HTTP", "JSON", "Diagnostics",
                argumentParser,
            ],
            files: ["Golden"]),
        tests(of: "Tidy", []),
    ]
)

// What only `bin/fuzz` builds: libFuzzer brings the main function.
if Context.environment["DSS_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "AWS", "Ansible", "BuildGraph", "Diagnostics", "DockerEngine", "GitHub", "HTTP",
                "JSON",
                "Releasing", collections,
            ],
            path: "Tests/Fuzzing", exclude: ["Corpus"], swiftSettings: settings))
}
