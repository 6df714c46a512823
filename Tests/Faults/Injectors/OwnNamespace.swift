import Foundation
import TestSupport

/// The network and mount namespace that the whole programme runs in, so that what it does to the network it does to
/// itself alone: nothing but a loopback interface is in it.
enum OwnNamespace {
    private static let mark = "ALLCLEAR_FAULTS_NAMESPACE"

    /// Whether the programme runs in one.
    static var isEntered: Bool { getenv(mark) != nil }

    /// Why it does not.
    static var whyNot: String {
        getuid() == 0 ? "namespaces need unshare and ip (util-linux, iproute2)" : "namespaces need root"
    }

    /// Becomes the same program within a namespace, where that can be had; returns inside it, or outside where it cannot.
    static func enter() async throws {
        guard !isEntered else {
            try await Tool.run(["ip", "link", "set", "lo", "up"])
            return
        }
        guard getuid() == 0, let unshare = Tool.find("unshare"), Tool.find("ip") != nil,
            (try? await Tool.run(["unshare", "--net", "--mount", "true"])) != nil
        else { return }
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let words = ["unshare", "--net", "--mount", "--", own] + CommandLine.arguments.dropFirst()
        var arguments = words.map { strdup($0) } + [nil]
        setenv(mark, "1", 1)
        execv(unshare, &arguments)
        throw Shortfall("unshare: \(String(cString: strerror(errno)))")
    }
}
