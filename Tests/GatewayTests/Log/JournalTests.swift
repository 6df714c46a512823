import Health
import Testing

@testable import Gateway

@Suite("What is logged")
struct JournalTests {
    static let yaml =
        "checks: {db: {url: 'test://db', failureThreshold: 1}, cache: {url: 'test://cache', required: false}}"

    @Test("Each change of a level and of a gate is a line with its reason; a result that changes nothing is none")
    func changes() throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        gateway.pass("db")
        gateway.fail("cache", .connect, .refused, at: "cache:6379")
        #expect(
            gateway.log.lines == [
                "info check changed check=db from=pending to=pass",
                "info gate changed check=cache code=pending gate=ready status=warn",
                "info gate changed gate=startup status=pass",
                "warning check changed check=cache code=connect.refused from=pending "
                    + "reason=cache:6379: connect.refused to=fail",
            ]
        )
        gateway.log.clear()
        for _ in 0..<100 {
            gateway.pass("db")
            gateway.fail("cache", .connect, .refused, at: "cache:6379")
        }
        #expect(gateway.log.lines == [])
        gateway.fail("db", .login, .denied, at: "db:5432", "28P01 no")
        #expect(
            gateway.log.lines == [
                "warning check changed check=db code=login.denied from=pass reason=db:5432: login.denied: 28P01 no to=fail",
                "warning gate changed check=db code=login.denied gate=ready status=fail",
            ]
        )
    }

    @Test("Another code of a check that fails is no line: its level stays")
    func anotherCode() throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        gateway.fail("db", .connect, .refused)
        gateway.log.clear()
        gateway.fail("db", .login, .starting)
        #expect(gateway.log.lines == [])
    }

    @Test("A check that flaps makes one line a change, not one a probe")
    func flapping() throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db', failureThreshold: 1}}")
        gateway.begin()
        for _ in 0..<10 {
            gateway.pass("db")
            gateway.pass("db")
            gateway.fail("db", .connect, .refused)
            gateway.fail("db", .connect, .refused)
        }
        #expect(gateway.log.lines(with: "check changed").count == 20)
    }
}
