import Foundation
import TestSupport

/// What the machine must have for a fault to be made.
enum Need: Sendable {
    case root
    /// The network namespace that the programme made (`OwnNamespace`).
    case namespace
    case tool(String)
    case server(RealServers.Kind)

    /// Why it is not there; nil where it is.
    var lack: String? {
        switch self {
        case .root: getuid() == 0 ? nil : "needs root"
        case .namespace: OwnNamespace.isEntered ? nil : OwnNamespace.whyNot
        case .tool(let name): Tool.find(name) == nil ? "\(name) is not installed" : nil
        case .server(let kind): kind.isInstalled ? nil : "\(kind.rawValue) is not installed"
        }
    }
}
