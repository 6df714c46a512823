extension Duration {
    /// Seconds with one decimal, as `4.5 s`, for sentences.
    package var inSeconds: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
