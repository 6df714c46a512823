internal import Health

extension ValueReader {
    /// The name of a check or a gate.
    mutating func name(_ text: String, at location: SourceLocation, _ path: String) -> CheckName? {
        if let name = CheckName(text) { return name }
        guard text != CheckName.reserved else {
            report(at: location, path, "`\(text)` is reserved, it is a key of every answer; choose another name")
            return nil
        }
        let better = text.lowercased().replacing("_", with: "-").replacing(".", with: "-")
        let hint = CheckName(better).map { "; did you mean `\($0)`?" } ?? ""
        report(at: location, path, "a name is 1 to 63 of a-z, 0-9 and `-`, with no `-` at either end\(hint)")
        return nil
    }

    /// What the file, or discovery in the shape of the file, says of one check; nil, and reported, where that cannot be
    /// read.
    mutating func settings(
        ofCheck entry: Node.Entry,
        _ layer: CheckDraft.Layer,
        _ path: String
    ) -> [CheckDraft.Setting]? {
        guard let entries = entries(of: entry.value, path) else { return nil }
        var settings: [CheckDraft.Setting] = []
        for entry in entries {
            let origin = CheckDraft.Origin(layer: layer, location: entry.value.location, path: path)
            if entry.key == "url", case .scalar(let scalar) = entry.value.content,
                let placeholder = Self.wholePlaceholder(scalar.text, scalar.placeholders)
            {
                guard let text = resolve(placeholder, origin) else { return nil }
                guard let more = self.settings(ofURL: text, .none, origin) else { return nil }
                settings += more
            } else {
                settings.append(setting(entry.key, entry.value, origin, at: entry.keyLocation))
            }
        }
        return settings
    }

    /// What a variable `ALLCLEAR_CHECK_<NAME>`, or the file that `…_FILE` names, says.
    mutating func settings(ofVariable variable: String, _ origin: CheckDraft.Origin) -> [CheckDraft.Setting]? {
        do {
            switch try variables.urlOrSecret(variable) {
            case .file(let path): return contents(of: path, origin).flatMap { settings(ofURL: $0, .none, origin) }
            case .value(let text), .written(let text): return settings(ofURL: text, .bracesOnly, origin)
            case nil: return nil
            }
        } catch {
            report(at: origin.location, origin.path, error.description)
            return nil
        }
    }

    /// What a URL outside YAML says: itself, and the options in its fragment.
    mutating func settings(
        ofURL text: String,
        _ placeholders: PlaceholderRule,
        _ origin: CheckDraft.Origin
    ) -> [CheckDraft.Setting]? {
        do throws(URLProblem) {
            let outside = try OutsideURL(text)
            var settings: [CheckDraft.Setting] = []
            for item in outside.items {
                guard let value = try decode(item.value, placeholders, origin) else { return nil }
                settings.append(setting(item.key, Node(text: value, placeholders: .none, at: origin.location), origin))
            }
            if placeholders != .none, let placeholder = Self.reference(outside.url, placeholders) {
                guard let text = resolve(placeholder, origin) else { return nil }
                return self.settings(ofURL: text, .none, origin).map { $0 + settings }
            }
            let url = Node(text: outside.url, placeholders: placeholders, at: origin.location)
            return [setting("url", url, origin)] + settings
        } catch {
            report(at: origin.location, "\(origin.path).url", error.message)
            return nil
        }
    }

    private func setting(
        _ key: String,
        _ value: Node,
        _ origin: CheckDraft.Origin,
        at location: SourceLocation? = nil
    ) -> CheckDraft.Setting {
        CheckDraft.Setting(key: key, value: value, location: location ?? origin.location, layer: origin.layer)
    }

    /// The value of an option in a fragment, once its placeholders are replaced and its percent-encoding is undone.
    private mutating func decode(
        _ text: String,
        _ placeholders: PlaceholderRule,
        _ origin: CheckDraft.Origin
    ) throws(URLProblem) -> String? {
        let node = Node(text: text, placeholders: placeholders, at: origin.location)
        return try expand(node, origin.path)?.units.decoded()
    }

    /// `env:NAME`, or a placeholder that is the whole text.
    private static func reference(_ url: String, _ rule: PlaceholderRule) -> Template.Placeholder? {
        let name = url.dropFirst(4)
        guard url.hasPrefix("env:"), Template.isName(name) else { return wholePlaceholder(url, rule) }
        return Template.Placeholder(name: String(name), otherwise: .unset)
    }

    private static func wholePlaceholder(_ text: String, _ rule: PlaceholderRule) -> Template.Placeholder? {
        guard case .placeholder(let placeholder)? = (try? Template(parsing: text, rule))?.pieces.only else {
            return nil
        }
        return placeholder
    }

    private mutating func resolve(_ placeholder: Template.Placeholder, _ origin: CheckDraft.Origin) -> String? {
        do {
            switch try variables.resolve(placeholder, .accepted) {
            case .file(let path): return contents(of: path, origin)
            case .value(let text), .written(let text): return text
            }
        } catch {
            report(at: origin.location, "\(origin.path).url", error.description)
            return nil
        }
    }

    private mutating func contents(of file: String, _ origin: CheckDraft.Origin) -> String? {
        do {
            return try files.text(file, limit: SecretSource.longest)
        } catch {
            report(at: origin.location, "\(origin.path).url", "cannot read \(file): \(error)")
            return nil
        }
    }
}

extension Array {
    /// The element of a list of one.
    fileprivate var only: Element? { count == 1 ? self[0] : nil }
}
