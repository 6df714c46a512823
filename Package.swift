// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "allclear",
    products: [.executable(name: "allclear", targets: ["allclear"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // The program, from the top down: each target may import only what stands in its list (CI builds with
        // --explicit-target-dependency-import-check error).
        .executableTarget(
            name: "allclear",
            dependencies: [
                "Gateway", "Configuration", "Probes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .target(
            name: "Gateway",
            dependencies: [
                "Health", "Transport", "Probes", "Configuration", "MicroHTTP",
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.embedInCode("Resources/openapi.yaml")]
        ),
        .target(name: "Probes", dependencies: ["Health", "Transport", "Postgres", "Configuration"]),
        .target(name: "Postgres", dependencies: ["Transport", "CPostgreSQL"]),
        .target(name: "Configuration", dependencies: ["Health", "CYAML"]),
        .target(name: "MicroHTTP", dependencies: ["CMicroHTTPD"]),
        .target(name: "Transport", dependencies: ["CAres", "CCurl", "CLinux", "CSSL"]),
        .target(name: "Health"),

        // C libraries of Debian, one module each; what Swift cannot import stands in its shim.h. CCurl and CPostgreSQL are not
        // linked but loaded when a check needs them: without pkg-config, which would link them.
        .systemLibrary(name: "CAres", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CPostgreSQL", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        // What tests and `make run` share: real servers in throw-away folders, scripted servers, manual clocks.
        .target(
            name: "TestSupport",
            dependencies: ["Transport"],
            path: "Tests/Support",
            exclude: ["AllocationCounter", "Environments/Recorded"]
        ),
        // Counts what one thread allocates, by standing in front of the C library's malloc.
        .target(name: "CAllocationCounter", path: "Tests/Support/AllocationCounter"),
        .executableTarget(name: "playground", dependencies: ["TestSupport"], path: "Tests/Playground"),
        .testTarget(name: "SupportTests", dependencies: ["BenchmarkSupport", "TestSupport"]),
        .executableTarget(
            name: "bench-steady",
            dependencies: ["TestSupport"],
            path: "Tests/Benchmarks/Steady"
        ),
        .executableTarget(
            name: "bench-wait",
            dependencies: ["TestSupport"],
            path: "Tests/Benchmarks/Wait"
        ),
        // What the benchmarks share: rivals, a client, figures of processes, the table. They print; none of them judges.
        .target(name: "BenchmarkSupport", dependencies: ["TestSupport", "CLinux"], path: "Tests/Benchmarks/Shared"),
        .executableTarget(
            name: "bench-libmicrohttpd",
            dependencies: ["CMicroHTTPD"],
            path: "Tests/Benchmarks/RawServer"
        ),
        .executableTarget(name: "faults", dependencies: ["TestSupport", "Health"], path: "Tests/Faults"),
        .testTarget(name: "HealthTests", dependencies: ["Health", "TestSupport"]),
        .testTarget(name: "TransportTests", dependencies: ["Transport", "TestSupport"]),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: ["Configuration", "Health", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "ProbesTests",
            dependencies: ["Probes", "TestSupport", "Configuration", "Health", "Transport"]
        ),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "CPostgreSQL", "TestSupport", "Transport"]),
        .testTarget(
            name: "DocumentTests",
            dependencies: [
                "Gateway", "Configuration", "Probes", "Transport", "MicroHTTP", "Health", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "MicroHTTPTests", dependencies: ["MicroHTTP", "CAllocationCounter", "TestSupport"]),
        .testTarget(name: "CommandTests", dependencies: ["allclear", "TestSupport"]),
        .testTarget(name: "ImageTests", dependencies: ["allclear", "TestSupport"]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "Health", "Probes", "Configuration", "Transport", "MicroHTTP", "TestSupport",
                "CAllocationCounter",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Golden"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// The benchmarks that measure the gateway beside rivals, and the soak.
package.targets += ["Http", "Detect", "Scale", "Footprint", "Startup", "Soak"]
    .map { name in
        .executableTarget(
            name: "bench-\(name.lowercased())",
            dependencies: ["BenchmarkSupport", "TestSupport"],
            path: "Tests/Benchmarks/\(name)"
        )
    }

for target in package.targets
where target.type != .system && !["CAllocationCounter", "bench-libmicrohttpd"].contains(target.name) {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
