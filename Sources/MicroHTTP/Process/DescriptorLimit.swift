internal import Glibc

/// How many descriptors the process may have open (RLIMIT_NOFILE).
package enum DescriptorLimit {
    /// The soft limit.
    package static var current: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises the soft limit to `wanted`, or as far as the hard limit lets it; never lowers it.
    ///
    /// Children inherit the limit. Some programs break above 1024, others close every descriptor up to it: ask for what is
    /// needed, not for all there is.
    /// - Returns: the limit that then holds.
    @discardableResult
    package static func raise(to wanted: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return current }
        let raised = min(limit.rlim_max, rlim_t(clamping: wanted))
        if raised > limit.rlim_cur {
            limit.rlim_cur = raised
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return current
    }
}
