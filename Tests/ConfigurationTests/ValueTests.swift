import Testing

@testable import Configuration

struct ValueTests {
    @Test(
        "Lengths of time need a unit",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("5s", .seconds(5)), ("2m", .seconds(120)), ("1h", .seconds(3600)),
            ("1d", .seconds(86_400)), ("1m30s", .seconds(90)), ("1.5s", .milliseconds(1500)), ("0s", .zero),
            ("0.25s", .milliseconds(250)),
            ("366d", .seconds(366 * 86_400)),
            ("5", nil), ("", nil), ("s", nil), ("-1s", nil), ("+1s", nil), (" 1s", nil), ("1 s", nil), ("1S", nil),
            ("1y", nil),
            ("1.s", nil), (".5s", nil), ("1.2345s", nil), ("1s2", nil), ("367d", nil), ("999999999999d", nil),
            ("1e3s", nil), ("٥s", nil),
        ] as [(String, Duration?)]
    )
    func durations(text: String, expected: Duration?) {
        #expect(DurationText.parse(text) == expected)
    }

    @Test(
        "A length of time is shown as it would be written",
        arguments: [
            (Duration.zero, "0s"), (.milliseconds(1), "1ms"), (.milliseconds(1500), "1s500ms"), (.seconds(90), "1m30s"),
            (.seconds(3600), "1h"),
            (.seconds(300), "5m"), (.seconds(90_061), "1d1h1m1s"),
        ] as [(Duration, String)]
    )
    func durationTexts(duration: Duration, text: String) {
        #expect(DurationText.text(duration) == text)
        #expect(DurationText.parse(text) == duration)
    }

    @Test(
        "Sizes take the units of disks, of memory and of Kubernetes",
        arguments: [
            ("512", 512), ("512B", 512), ("64KiB", 65_536), ("1GB", 1_000_000_000), ("1Gi", 1 << 30), ("2M", 2_000_000),
            ("0", 0),
            ("", nil), ("GiB", nil), ("1 GiB", nil), ("1.5GiB", nil), ("-1", nil), ("1gib", nil),
            ("9999999999TiB", nil),
        ] as [(String, Int?)]
    )
    func sizes(text: String, expected: Int?) {
        #expect(SizeText.parse(text) == expected)
    }

    @Test(
        "Status sets are ranges and single statuses",
        arguments: [
            ("200", "200"), ("200-299", "200-299"), ("200-299,301, 404", "200-299,301,404"),
            ("", nil), ("2xx", nil), ("299-200", nil), ("99", nil), ("600", nil), ("200-", nil), ("200,,301", nil),
            ("200-299-300", nil),
        ] as [(String, String?)]
    )
    func statuses(text: String, expected: String?) {
        #expect(StatusSet(parsing: text)?.description == expected)
    }

    @Test("A status set knows its statuses")
    func statusMembership() throws {
        let set = try #require(StatusSet(parsing: "200-299,301"))
        #expect([200, 299, 301].allSatisfy(set.contains))
        #expect(![199, 300, 302].contains(where: set.contains))
    }

    @Test(
        "The word that was probably meant is found",
        arguments: [
            ("tiemout", "timeout"), ("timeout_", "timeout"), ("initial_delay", "initialDelay"),
            ("periodSeconds", "period"), ("URL", "url"),
            ("zzz", nil), ("", nil), ("x", nil),
        ] as [(String, String?)]
    )
    func nearMisses(word: String, expected: String?) {
        #expect(NearMiss.of(word, among: ["url", "period", "timeout", "initialDelay", "all"]) == expected)
    }

    @Test("A secret shows nothing of itself, however it is printed")
    func secret() {
        let secret = Secret("c4n4ry")
        let source = SecretSource.value(secret)
        var dumped = ""
        dump(["a": source], to: &dumped)
        #expect(!"\(secret) \(source) \([source]) \(String(reflecting: source)) \(dumped)".contains("c4n4ry"))
        #expect(secret.reveal() == "c4n4ry")
    }

    @Test(
        "A secret file is read when it is needed, without the newline at its end",
        arguments: ["pw", "pw\n", "pw\r\n"]
    )
    func secretFile(text: String) throws {
        let files = FileReader { (_, _) in Array(text.utf8) }
        #expect(try SecretSource.file(path: "/run/secrets/pw").read(from: files).reveal() == "pw")
    }

    @Test("The files of this machine are read, and what stands in the way is named")
    func systemFiles() throws {
        #expect(try FileReader.system.read("/proc/self/comm", 100).isEmpty == false)
        #expect(throws: FileReader.Failure.notFound) { try FileReader.system.read("/nowhere/at/all", 100) }
        #expect(throws: FileReader.Failure.isDirectory) { try FileReader.system.read("/proc", 100) }
        #expect(throws: FileReader.Failure.tooLarge(limit: 3)) { try FileReader.system.read("/proc/self/status", 3) }
    }
}
