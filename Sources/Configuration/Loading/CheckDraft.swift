internal import Health

/// All that discovery, file, variables and command line say of one check, key by key, before any of it is judged.
struct CheckDraft: Sendable {
    /// Who says it; the later one wins.
    enum Layer: Int, Comparable, Sendable {
        case discovery
        case file
        case variables
        case commandLine

        static func < (left: Layer, right: Layer) -> Bool { left.rawValue < right.rawValue }
    }

    struct Setting: Sendable {
        /// As written, `passwordFile` included.
        let key: String
        let value: Node
        let location: SourceLocation
        let layer: Layer
    }

    /// One of those who say something, and where.
    struct Origin: Sendable {
        let layer: Layer
        let location: SourceLocation
        /// Of the check, as `checks.db`.
        let path: String
    }

    let name: CheckName
    /// Where it was mentioned, in the order of layers.
    private(set) var origins: [SourceLocation]
    private(set) var settings: [Setting] = []
    /// Something of it could not be read, and was reported: what is missing then is no second mistake.
    private(set) var isBroken = false

    init(name: CheckName) {
        self.name = name
        origins = []
    }

    var path: String { "checks.\(name)" }

    /// Settings are nil where they could not be read.
    mutating func add(_ more: [Setting]?, from location: SourceLocation) {
        yield(to: Set((more ?? []).map(\.key)))
        origins.append(location)
        settings += more ?? []
        isBroken = isBroken || more == nil
    }

    /// Takes back what discovery found where somebody says these keys.
    ///
    /// A target of one's own is another server, which gets none of the credentials of the one that was found; and
    /// whoever gives credentials means to log in.
    private mutating func yield(to keys: Set<String>) {
        guard keys.isDisjoint(with: CheckType.Selector.allCases.map(\.rawValue)) else {
            settings.removeAll { $0.layer == .discovery }
            if settings.isEmpty { origins = [] }
            return
        }
        if !keys.isDisjoint(with: ["user", "password", "passwordFile"]) {
            settings.removeAll { $0.layer == .discovery && $0.key == "login" }
        }
    }

    mutating func add(fromQuery setting: Setting) {
        settings.append(setting)
    }

    /// Those of the settings under some keys that hold: all of the last layer that has any.
    func prevailing(_ keys: [String]) -> [Setting] {
        let candidates = settings.filter { keys.contains($0.key) }
        guard let layer = candidates.map(\.layer).max() else { return [] }
        return candidates.filter { $0.layer == layer }
    }
}
