import Foundation

/// What a person sets in front of `make bench`.
package enum Settings {
    /// The whole number in a variable, the default where there is none.
    package static func count(_ name: String, default standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
    }

    /// The whole numbers in a variable, parted by spaces.
    package static func counts(_ name: String, default standard: [Int]) -> [Int] {
        let words = ProcessInfo.processInfo.environment[name]?.split(separator: " ") ?? []
        let numbers = words.compactMap { Int($0) }
        return numbers.isEmpty ? standard : numbers
    }

    /// Lets this process and all that it starts have as many descriptors as the system grants.
    package static func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
