internal import CMicroHTTPD
internal import Glibc

extension RequestView {
    /// Whether the first header of this name begins with `beginning`, whatever the case of either. Allocates nothing.
    package borrowing func header(_ name: StaticString, beginsWith beginning: StaticString) -> Bool {
        guard let value = MHD_lookup_connection_value(connection, .HEADER_KIND, name.cString) else { return false }
        return strncasecmp(value, beginning.cString, beginning.utf8CodeUnitCount) == 0
    }
}
