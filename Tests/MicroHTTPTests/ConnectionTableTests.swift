import Testing

@testable import MicroHTTP

@Suite("Who is connected")
struct ConnectionTableTests {
    private let start = Duration.coarseUptime
    private var table: ConnectionTable

    init() {
        table = ConnectionTable(limits: ServerLimits(connections: 8, idle: .seconds(20), requestHead: .seconds(5)))
    }

    private func at(_ seconds: Int) -> Duration { start + .seconds(seconds) }

    private mutating func open(_ descriptor: Int32, daemon: Int = 0, at seconds: Int = 0) -> ConnectionTable.Slot {
        let (slot, evicted) = table.opened(descriptor: descriptor, daemon: daemon, now: at(seconds))
        #expect(evicted == nil)
        return slot
    }

    @Test("There is nothing to wait for while nobody is connected, or all have a request in work")
    mutating func noDeadline() {
        #expect(table.nextDeadline == nil)
        let slot = open(10)
        #expect(table.nextDeadline == at(5))
        table.requestStarted(slot)
        #expect(table.nextDeadline == nil)
        table.closed(slot)
        #expect(table.nextDeadline == nil)
    }

    @Test("A first head has its time from the connection's start, a later one the idle time besides")
    mutating func deadlines() {
        let first = open(10)
        let second = open(11, at: 2)
        table.requestStarted(first)
        table.requestEnded(first, now: at(4))
        #expect(table.nextDeadline == at(7))
        #expect(table.takeOverdue(now: at(6)) == nil)
        #expect(table.takeOverdue(now: at(7)) == 11)
        #expect(table.takeOverdue(now: at(7)) == nil)
        #expect(table.nextDeadline == at(29))
        #expect(table.takeOverdue(now: at(29)) == 10)
        #expect(table.nextDeadline == nil)
        table.closed(first)
        table.closed(second)
        #expect(table.idleCount == 0)
    }

    @Test("A connection that is being closed stays so, whatever the library still says of its request")
    mutating func closingStays() {
        let slot = open(10)
        #expect(table.takeOverdue(now: at(5)) == 10)
        table.requestStarted(slot)
        table.requestEnded(slot, now: at(5))
        #expect(table.idleCount == 0 && table.activeCount == 0)
    }

    @Test("A request whose answer is held back is active, has no deadline, and is never closed to make room")
    mutating func held() {
        let waiting = open(10)
        table.requestStarted(waiting)
        table.requestHeld(waiting)
        let busy = open(11, at: 2)
        table.requestStarted(busy)
        #expect(table.activeCount == 2)
        #expect(table.nextDeadline == nil)
        #expect(table.takeOldest() == 11)
        #expect(table.takeOldest() == nil)
        table.requestResumed(waiting)
        #expect(table.takeOldest() == 10)
    }

    @Test("A held request that ends without going on leaves nothing behind")
    mutating func heldToTheEnd() {
        let slot = open(10)
        table.requestStarted(slot)
        table.requestHeld(slot)
        table.requestEnded(slot, now: at(2))
        table.closed(slot)
        #expect(table.openCount == 0)
    }

    @Test("A request that the library refused by itself ends without a start")
    mutating func endWithoutStart() {
        let slot = open(10)
        table.requestEnded(slot, now: at(1))
        #expect(table.nextDeadline == at(5))
    }

    @Test("When it gets crowded the one longest without a request goes, whether it ever had one or not")
    mutating func crowded() {
        let slots = (0..<7).map { open(Int32(10 + $0), at: $0) }
        table.requestStarted(slots[0])
        table.requestEnded(slots[0], now: at(8))
        table.requestStarted(slots[1])
        let (newcomer, evicted) = table.opened(descriptor: 20, daemon: 0, now: at(9))
        #expect(evicted == 12)
        #expect(table.idleCount == 6 && table.activeCount == 1)

        for slot in slots[3...] { table.closed(slot) }
        table.closed(newcomer)
        #expect(table.takeOldest() == 10)
    }

    @Test("Where all have a request in work, the oldest of those goes")
    mutating func crowdedByActive() {
        for index in 0..<7 { table.requestStarted(open(Int32(10 + index))) }
        #expect(table.opened(descriptor: 20, daemon: 0, now: at(9)).evicted == 10)
    }

    @Test("One daemon's connections between two requests can be given up, and count until they are closed")
    mutating func keptOfDaemon() {
        let slots = [open(10, daemon: 0), open(11, daemon: 1), open(12, daemon: 1), open(13, daemon: 1)]
        for slot in slots[..<3] {
            table.requestStarted(slot)
            table.requestEnded(slot, now: at(2))
        }
        #expect(table.takeKept(daemon: 1) == 11)
        #expect(table.takeKept(slots[1]) == nil)
        #expect(table.takeKept(slots[2]) == 12)
        #expect(table.takeKept(slots[3]) == nil)
        #expect(table.takeKept(daemon: 1) == nil)
        #expect(table.connections(daemon: 0) == 1)
        #expect(table.connections(daemon: 1) == 3)
    }

    @Test("Places are used again")
    mutating func reuse() {
        let first = open(10)
        table.closed(first)
        #expect(open(11) == first)
    }

    @Test("Any sequence of events keeps the counts right")
    mutating func randomEvents() {
        var random = SystemRandomNumberGenerator()
        var open: Set<Int> = []
        for second in 0..<20_000 {
            let slot = open.randomElement(using: &random)
            switch (Int.random(in: 0..<5, using: &random), slot) {
            case (0, _) where open.count < 7: open.insert(self.open(Int32(second), at: second))
            case (1, let slot?): table.requestStarted(slot)
            case (2, let slot?): table.requestEnded(slot, now: at(second))
            case (3, let slot?):
                table.closed(slot)
                open.remove(slot)
            default: _ = table.takeOverdue(now: at(second))
            }
            #expect(table.connections(daemon: 0) == open.count)
            #expect(table.idleCount + table.activeCount <= open.count)
        }
    }
}
