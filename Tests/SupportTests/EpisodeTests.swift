import BenchmarkSupport
import Testing

struct EpisodeTests {
    private static let origin = ContinuousClock.now

    private static func moment(_ second: Double) -> ContinuousClock.Instant { origin + .seconds(second) }

    /// A server that was well until second 10, cannot have been again before 14, and was from 15 on.
    private static func judge(
        _ demand: Episode.Demand = .fall(within: .seconds(1)),
        _ changes: (second: Double, isReady: Bool)...
    ) -> Episode.Judgement {
        Episode(demand, start: moment(10), undone: moment(14), back: moment(15), riseWithin: .seconds(2))
            .judge(
                changes.map { second, isReady in
                    Sighting(isReady: isReady, asked: moment(second - 0.001), answered: moment(second))
                }
            )
    }

    @Test("What was told in time is neither missed nor untrue, and is measured from when the servers did it")
    func inTime() throws {
        let judgement = Self.judge(.fall(within: .seconds(1)), (10.5, false), (15.25, true))
        #expect(judgement.missed.isEmpty && judgement.untrue.isEmpty)
        #expect(judgement.fall == .seconds(0.5))
        #expect(judgement.rise == .seconds(0.25))
    }

    @Test("Who hears that a server is back before we do was not late at all")
    func sooner() {
        let judgement = Self.judge(.fall(within: .seconds(1)), (10.5, false), (14.5, true))
        #expect(judgement.missed.isEmpty && judgement.untrue.isEmpty)
        #expect(judgement.rise == .zero)
    }

    @Test("What was told too late is missed, with its delay")
    func late() {
        let judgement = Self.judge(.fall(within: .seconds(1)), (11.5, false), (17.5, true))
        #expect(judgement.missed.map(\.time) == [Self.moment(10), Self.moment(15)])
        #expect(judgement.fall == .seconds(1.5))
        #expect(judgement.rise == .seconds(2.5))
    }

    @Test("What was never told is missed")
    func never() {
        #expect(Self.judge(.fall(within: .seconds(1))).missed.map(\.time) == [Self.moment(10)])
        #expect(Self.judge(.fall(within: .seconds(1)), (10.5, false)).missed.map(\.time) == [Self.moment(15)])
    }

    @Test("Not ready before anything happened is untrue")
    func tooSoon() {
        let judgement = Self.judge(.fall(within: .seconds(1)), (9, false), (9.5, true), (10.5, false), (15.5, true))
        #expect(judgement.untrue.map(\.time) == [Self.moment(9)])
        #expect(judgement.missed.isEmpty)
        #expect(judgement.fall == .seconds(0.5))
    }

    @Test("Ready while the server cannot have been well is untrue")
    func readyWhileDead() {
        let judgement = Self.judge(.fall(within: .seconds(1)), (10.5, false), (12, true), (12.5, false), (15.5, true))
        #expect(judgement.untrue.map(\.time) == [Self.moment(12)])
        #expect(judgement.rise == .seconds(0.5))
    }

    @Test("Changes of mind while a server comes up are allowed, and none after it was told to be back")
    func comingUp() {
        let allowed = Self.judge(.fall(within: .seconds(1)), (10.5, false), (14.2, true), (14.6, false), (15.5, true))
        #expect(allowed.untrue.isEmpty && allowed.missed.isEmpty)
        #expect(allowed.rise == .seconds(0.5))
        let untrue = Self.judge(.fall(within: .seconds(1)), (10.5, false), (15.2, true), (15.6, false), (15.8, true))
        #expect(untrue.untrue.map(\.time) == [Self.moment(15.6)])
    }

    @Test("A restart may be told of or not, and must be over in time")
    func restart() {
        #expect(Self.judge(.mayFall).missed.isEmpty)
        let told = Self.judge(.mayFall, (10.1, false), (15.2, true))
        #expect(told.untrue.isEmpty && told.missed.isEmpty)
        #expect(Self.judge(.mayFall, (10.1, false), (17.2, true)).missed.count == 1)
        #expect(Self.judge(.mayFall, (18, false), (18.1, true)).untrue.map(\.time) == [Self.moment(18)])
    }

    @Test("What is no harm must not be told of")
    func harmless() {
        #expect(Self.judge(.none).untrue.isEmpty)
        #expect(Self.judge(.none, (10.1, false), (10.2, true)).untrue.map(\.time) == [Self.moment(10.1)])
    }
}
