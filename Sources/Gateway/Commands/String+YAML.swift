extension String {
    /// As a YAML double-quoted scalar, which knows JSON's escapes.
    var quoted: String {
        var json = JSONWriter()
        json.string(self)
        return json.text
    }
}
