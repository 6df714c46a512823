internal import Health

/// A check that the environment names: what the file would say of it, and which variables it came from.
package struct DiscoveredCheck: Sendable {
    /// One key, its value as the file holds it: placeholders in place, so that no secret is in it.
    package struct Setting: Hashable, Sendable {
        package let key: String
        package let value: String
    }

    /// What it is called, or would be if the name were free.
    package private(set) var name: String
    package private(set) var settings: [Setting]
    /// The first says where the service is.
    package private(set) var variables: [String]

    init(name: String, _ settings: [Setting], from variables: [String]) {
        self.name = name
        self.settings = settings
        self.variables = variables
    }

    /// The same under the name that it got.
    func named(_ name: CheckName) -> DiscoveredCheck {
        var check = self
        check.name = name.description
        return check
    }

    /// Remembers another variable that names the same service.
    mutating func join(_ other: DiscoveredCheck) {
        variables += other.variables.filter { !variables.contains($0) }
    }

    /// As the file would hold it.
    func entry(named name: CheckName) -> Node.Entry {
        let location = SourceLocation.variable(variables[0])
        let entries = settings.map { setting in
            Node.Entry(
                key: setting.key,
                keyLocation: location,
                value: Node(text: setting.value, placeholders: .all, at: location)
            )
        }
        return Node.Entry(key: name.description, keyLocation: location, value: Node(.mapping(entries), at: location))
    }
}

extension DiscoveredCheck.Setting {
    /// A variable's value, whatever it will be.
    init(_ key: String, variable: String) {
        self.init(key: key, value: "${\(variable)}")
    }

    /// A value as it is.
    init(_ key: String, literal: String) {
        self.init(key: key, value: literal.replacing("$", with: "$$"))
    }
}
