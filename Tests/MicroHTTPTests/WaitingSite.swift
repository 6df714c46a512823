import Synchronization

@testable import MicroHTTP

/// A server that holds every answer back until a test opens its door; `/plain` is answered at once.
///
/// The path is the door's name; `?ms` is how many milliseconds a request waits at most, an hour without.
final class WaitingSite {
    let test: TestServer
    let room: WaitingRoom
    let doors: Doors

    init(
        _ addresses: [ListenAddress] = [.tcp(host: "127.0.0.1", port: 0)],
        limits: ServerLimits = ServerLimits(reservedDescriptors: 0)
    ) throws {
        guard let room = WaitingRoom() else { preconditionFailure("no descriptor is left") }
        let doors = Doors()
        self.room = room
        self.doors = doors
        let plain = Page(status: 200, contentType: "text/plain", body: Array("plain\n".utf8))
        test = try TestServer(
            addresses,
            limits: limits,
            room: room,
            replying: { request in
                if request.hasPath("/plain") { return .page(plain) }
                let question = Door(name: request.withPath { String(decoding: $0, as: UTF8.self) }, doors: doors)
                if let page = question.answer() { return .page(page) }
                doors.beforeHolding()
                let milliseconds = request.queryItems().first.flatMap { Int($0.name) } ?? 3_600_000
                return .held(question, atMost: .milliseconds(milliseconds))
            }
        )
    }

    var server: Server { test.server }

    func open(_ names: String...) {
        doors.open(names)
        room.askAgain()
    }

    /// A client whose request is on its way and not answered.
    func wait(at target: String, _ listener: Int = 0, headers: String = "") throws -> RawClient {
        let client = try RawClient(server.boundAddresses[listener])
        client.send("GET \(target) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n")
        return client
    }
}

/// Which doors are open, and who has asked.
final class Doors: Sendable {
    private struct State {
        var open: Set<String> = []
        var asked = 0
        var noted: [Int] = []
        var beforeHolding: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// How often any question was asked.
    var asked: Int { state.withLock { $0.asked } }
    /// The statuses of the answers to requests that were held back, or were to be.
    var noted: [Int] { state.withLock { $0.noted } }

    func open(_ names: [String]) { state.withLock { $0.open.formUnion(names) } }

    func close(_ name: String) { state.withLock { _ = $0.open.remove(name) } }

    /// Has something happen between the handler's look at a door and the beginning of the wait, once.
    func once(beforeHolding body: @escaping @Sendable () -> Void) { state.withLock { $0.beforeHolding = body } }

    fileprivate func beforeHolding() {
        let body = state.withLock { state in
            defer { state.beforeHolding = nil }
            return state.beforeHolding
        }
        body?()
    }

    fileprivate func isOpen(_ name: String) -> Bool {
        state.withLock { state in
            state.asked += 1
            return state.open.contains(name)
        }
    }

    fileprivate func note(_ status: Int) { state.withLock { $0.noted.append(status) } }
}

private struct Door: Question {
    let name: String
    let doors: Doors

    static func == (left: Door, right: Door) -> Bool { left.name == right.name }

    func hash(into hasher: inout Hasher) { hasher.combine(name) }

    func answer() -> Page? { doors.isOpen(name) ? page(200) : nil }

    func lastAnswer() -> Page { answer() ?? page(503) }

    func note(_ page: Page) { doors.note(page.status) }

    private func page(_ status: Int) -> Page {
        Page(status: status, contentType: "text/plain", body: Array("\(name)\n".utf8))
    }
}
