internal import MicroHTTP

extension HealthDocument {
    /// How a document is written.
    enum Dialect: String, CaseIterable {
        case health
        case text
    }

    func page(as dialect: Dialect) -> Page {
        switch dialect {
        case .health: page("application/health+json", json())
        case .text: page("text/plain; charset=utf-8", text())
        }
    }

    /// What goes with every answer about a subject.
    static func headers(isOpen: Bool) -> [(name: String, value: String)] {
        [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")] + (isOpen ? [] : [("Retry-After", "1")])
    }

    private func page(_ contentType: String, _ body: [UInt8]) -> Page {
        Page(
            status: verdict.isOpen ? 200 : 503,
            contentType: contentType,
            headers: Self.headers(isOpen: verdict.isOpen),
            body: body
        )
    }
}
