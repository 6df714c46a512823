/// Numbers of bytes as the configuration writes them: `512`, `64KiB`, `1GB`, and Kubernetes' `1Gi`.
enum SizeText {
    private static let units: [(names: [String], bytes: Int)] = [
        (["", "B"], 1),
        (["kB", "KB", "k"], 1000), (["MB", "M"], 1_000_000), (["GB", "G"], 1_000_000_000),
        (["TB", "T"], 1_000_000_000_000),
        (["KiB", "Ki"], 1 << 10), (["MiB", "Mi"], 1 << 20), (["GiB", "Gi"], 1 << 30), (["TiB", "Ti"], 1 << 40),
    ]

    /// Nil for what is no number of bytes, or more than an `Int` holds.
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text[digits.endIndex...]
        guard let number = Int(digits), let unit = units.first(where: { $0.names.contains(String(name)) }) else {
            return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }
}
