/// One place where the gateway answers.
package struct Listener: Hashable, Sendable {
    package enum Address: Hashable, Sendable {
        /// An IP literal without brackets or `localhost`; nil for all addresses, IPv4 and, where there is one, IPv6.
        /// Port 0 lets the kernel choose.
        case tcp(host: String?, port: UInt16)
        /// An absolute path, and the permissions of the socket.
        case unix(path: String, mode: UInt16)
        /// A listening socket that was open when the process started.
        case inherited(descriptor: Int32)
        /// A listening socket from systemd, by its `FileDescriptorName=` (sd_listen_fds(3)).
        case systemd(name: String)
    }

    /// How much a reader is told.
    package enum Detail: String, CaseIterable, Sendable {
        /// Statuses only.
        case status
        /// Also codes and sentences of a closed set.
        case summary
        /// Also host names, addresses and an upstream's own words.
        case full
    }

    package let address: Address
    package let detail: Detail
    /// The address as written, for messages.
    package let text: String
    package let location: SourceLocation

    package init(address: Address, detail: Detail = .summary, text: String, location: SourceLocation = .builtIn) {
        self.address = address
        self.detail = detail
        self.text = text
        self.location = location
    }
}
