internal import Health

extension ServiceURL {
    /// What a check of this URL is called where nobody gave it a name: the host's first label, or the scheme for an
    /// address or a socket (CONTRACT section 11).
    var defaultName: String {
        let label = String(host.prefix { $0 != "." }).replacing("_", with: "-")
        let isAddress = label.isEmpty || label.allSatisfy(\.isNumber) || host.contains(":")
        return !isAddress && CheckName(label) != nil ? label : scheme.replacing("+", with: "-")
    }
}
