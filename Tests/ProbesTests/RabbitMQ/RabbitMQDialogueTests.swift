import Health
import Testing

@testable import Probes

struct RabbitMQDialogueTests {
    private static let login = RabbitMQDialogue.Login(user: "shop", password: "s3cret-word")
    private static let limits = AMQPLimits(frame: 8192, heartbeat: 5)
    private static let queue = RabbitMQRequirements(
        virtualHost: "shop",
        queue: .init(name: "orders", minConsumers: 1, maxDepth: 5),
        takesMessages: true
    )
    /// All that a healthy server says to all questions.
    private static let healthy: [AMQPFrame] = [
        Broker.start(), Broker.tune(), Broker.openOk, Broker.channelOpenOk,
        Broker.declareOk(messages: 5, consumers: 1), .closeOk,
    ]

    @Test("Each question waits for the answer to the one before it")
    func questions() {
        var dialogue = RabbitMQDialogue(login: Self.login, requirements: Self.queue)
        #expect(dialogue.opening == [0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1])
        let asked: [[AMQPFrame]] = [
            [.startOk(Self.login)], [.tuneOk(Self.limits), .open(virtualHost: "shop")], [.channelOpen],
            [.declarePassively("orders")], AMQPFrame.messageBegun + [.close],
        ]
        for (frame, question) in zip(Self.healthy, asked) {
            #expect(dialogue.receive(frame.bytes) == .goOn(question.flatMap(\.bytes)))
        }
        #expect(dialogue.receive(AMQPFrame.closeOk.bytes) == .end(.passed, []))
    }

    @Test("Without a queue and alarms no channel is opened; without a login the server's question is enough")
    func fewerQuestions() {
        var plain = RabbitMQDialogue(login: Self.login, requirements: .init())
        _ = plain.receive((Broker.start().bytes + Broker.tune().bytes))
        #expect(plain.receive(Broker.openOk.bytes) == .goOn(AMQPFrame.close.bytes))
        var bare = RabbitMQDialogue(login: nil, requirements: .init())
        #expect(bare.receive(Broker.start("EXTERNAL").bytes) == .end(.passed, []))
    }

    @Test("The login goes out as RabbitMQ reads it")
    func wire() {
        let bytes = AMQPFrame.startOk(Self.login).bytes
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(bytes.starts(with: [1, 0, 0, 0, 0]) && bytes.last == 0xce)
        #expect(text.contains("\u{1c}authentication_failure_closet\u{1}\u{12}connection.blockedt\u{1}"))
        #expect(text.contains("\u{5}PLAIN\0\0\0\u{11}\0shop\0s3cret-word\u{5}en_US"))
        #expect(
            AMQPFrame.tuneOk(Self.limits).bytes
                == [1, 0, 0, 0, 0, 0, 12, 0, 10, 0, 31, 0, 1, 0, 0, 0x20, 0, 0, 5, 0xce]
        )
        #expect(
            AMQPFrame.declarePassively("q").bytes
                == [1, 0, 1, 0, 0, 0, 13, 0, 50, 0, 10, 0, 0, 1, 0x71, 1, 0, 0, 0, 0, 0xce]
        )
    }

    @Test("A healthy server passes, however its answers are cut, with heartbeats in between")
    func cuts() {
        let bytes = Self.healthy.flatMap { AMQPFrame.heartbeat.bytes + $0.bytes }
        for cut in 0...bytes.count {
            var dialogue = RabbitMQDialogue(login: Self.login, requirements: Self.queue)
            let first = dialogue.receive(Array(bytes[..<cut]))
            guard cut < bytes.count else {
                #expect(first.ending == .passed)
                continue
            }
            #expect(first.ending == nil)
            #expect(dialogue.receive(Array(bytes[cut...])).ending == .passed)
        }
    }

    @Test("A heartbeat is answered by one, at any time")
    func heartbeats() {
        var dialogue = RabbitMQDialogue(login: Self.login, requirements: .init())
        for frame in [Broker.start(), Broker.tune(), Broker.openOk] {
            #expect(dialogue.receive(AMQPFrame.heartbeat.bytes) == .goOn(AMQPFrame.heartbeat.bytes))
            _ = dialogue.receive(frame.bytes)
        }
    }

    @Test(
        "Limits are the smaller of both sides', and none is none",
        arguments: [
            (131_072, 60, 8192, 5), (0, 0, 8192, 5), (4096, 2, 4096, 2), (8192, 5, 8192, 5),
        ] as [(UInt32, UInt16, UInt32, UInt16)]
    )
    func limits(frame: UInt32, heartbeat: UInt16, agreedFrame: UInt32, agreedHeartbeat: UInt16) {
        let agreed = AMQPLimits(frame: frame, heartbeat: heartbeat).narrowed()
        #expect(agreed == AMQPLimits(frame: agreedFrame, heartbeat: agreedHeartbeat))
    }

    @Test(
        "A server that ends the connection says why",
        arguments: [
            (403, "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN.", "login.denied"),
            (530, "NOT_ALLOWED - vhost nope not found", "login.not_found"),
            (402, "INVALID_PATH - no such vhost", "login.not_found"),
            (530, "NOT_ALLOWED - access to vhost '/' refused for user 'shop'", "login.denied"),
            (
                530, "NOT_ALLOWED - access to vhost '/' refused for user 'shop': connection limit (9) is reached",
                "login.overloaded"
            ),
            (541, "INTERNAL_ERROR - access to vhost '/' refused for user 'shop': vhost '/' is down", "login.starting"),
            (320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'", "login.stopping"),
            (506, "RESOURCE_ERROR", "login.overloaded"), (501, "FRAME_ERROR", "login.unexpected"),
        ] as [(UInt16, String, String)]
    )
    func refusals(code: UInt16, text: String, expected: String) {
        for frames in [[Broker.start()], [Broker.start(), Broker.tune()]] {
            var dialogue = RabbitMQDialogue(login: Self.login, requirements: .init())
            _ = dialogue.receive(frames.flatMap(\.bytes))
            let step = dialogue.receive(Broker.close(code, text).bytes)
            #expect(step.code == expected)
            #expect(step.failure?.word == "\(code) \(text)")
            #expect(step.bytes == AMQPFrame.closeOk.bytes)
        }
    }

    @Test("A server that stops is heard at any time")
    func stopping() {
        let close = Broker.close(320, "CONNECTION_FORCED")
        #expect(last([close], .init()).code == "exchange.stopping")
        #expect(last([Broker.start(), Broker.tune(), Broker.openOk, close], .init()).code == "exchange.stopping")
    }

    @Test(
        "A queue that is not there, or not for us, is told before the goodbye",
        arguments: [
            (404, "assert.not_found"), (403, "exchange.denied"), (405, "exchange.denied"), (541, "exchange.unexpected"),
        ] as [(UInt16, String)]
    )
    func channelRefusals(code: UInt16, expected: String) {
        var dialogue = RabbitMQDialogue(login: Self.login, requirements: Self.queue)
        _ = dialogue.receive(Self.healthy.prefix(4).flatMap(\.bytes))
        let step = dialogue.receive(Broker.channelClose(code, "no queue 'orders' in vhost 'shop'").bytes)
        #expect(step == .goOn(AMQPFrame.close.bytes))
        #expect(dialogue.verdict != nil)
        #expect(dialogue.receive(AMQPFrame.closeOk.bytes).code == expected)
    }

    @Test(
        "Too few consumers and too many messages are no pass",
        arguments: [
            (5, 1, "passed"), (0, 7, "passed"), (6, 1, "assert.unexpected"), (0, 0, "assert.unexpected"),
            (UInt32.max, UInt32.max, "assert.unexpected"),
        ] as [(UInt32, UInt32, String)]
    )
    func judgement(messages: UInt32, consumers: UInt32, expected: String) {
        let answers = Self.healthy.prefix(4) + [Broker.declareOk(messages: messages, consumers: consumers), .closeOk]
        #expect(last(Array(answers), Self.queue).code == expected)
    }

    @Test("A server that is blocked says so in the place of its goodbye")
    func alarm() {
        let answers = Array(Self.healthy.prefix(5))
        let step = last(answers + [Broker.blocked("low on memory")], Self.queue)
        #expect(step.code == "exchange.blocked" && step.failure?.word == "low on memory")
        #expect(last(answers + [Broker.unblocked, .closeOk], Self.queue).code == "passed")
    }

    @Test("Nobody is asked to take messages where a failure is known already")
    func noNeedlessMessage() {
        var dialogue = RabbitMQDialogue(login: Self.login, requirements: Self.queue)
        _ = dialogue.receive(Self.healthy.prefix(4).flatMap(\.bytes))
        #expect(dialogue.receive(Broker.declareOk().bytes) == .goOn(AMQPFrame.close.bytes))
    }

    @Test(
        "What a server of another kind says is no pass",
        arguments: [
            ([Broker.start("EXTERNAL GSSAPI")], "login.unsupported"),
            ([Broker.start(), .method(10, 20) { $0.longString("?".utf8) }], "login.unsupported"),
            ([Broker.start(version: (8, 0))], "exchange.malformed"),
            ([.closeOk], "exchange.unexpected"), ([Broker.openOk], "exchange.unexpected"),
            ([Broker.start(), Broker.start()], "exchange.unexpected"),
            ([Broker.start(), Broker.tune(), Broker.channelOpenOk], "exchange.unexpected"),
            ([.method(10, 10) { $0.octet(0) }], "exchange.malformed"),
            ([.method(10, 10) { $0.long(0x0009_ffff) }], "exchange.malformed"),
            ([AMQPFrame(kind: .method, channel: 0, payload: [0, 10])], "exchange.malformed"),
            ([AMQPFrame(kind: .body, channel: 1, payload: [1])], "exchange.malformed"),
        ] as [([AMQPFrame], String)]
    )
    func strangers(frames: [AMQPFrame], expected: String) {
        #expect(last(frames, .init()).code == expected)
    }

    @Test("A failure of the transport belongs to the login until the server has let us in")
    func stage() {
        var dialogue = RabbitMQDialogue(login: Self.login, requirements: .init())
        var stages = [dialogue.isLoggingIn]
        for frame in [Broker.start(), Broker.tune(), Broker.openOk] {
            _ = dialogue.receive(frame.bytes)
            stages.append(dialogue.isLoggingIn)
        }
        #expect(stages == [false, true, true, false])
    }

    private func last(_ frames: [AMQPFrame], _ requirements: RabbitMQRequirements) -> RabbitMQDialogue.Step {
        var dialogue = RabbitMQDialogue(login: Self.login, requirements: requirements)
        return dialogue.receive(frames.flatMap(\.bytes))
    }
}

extension RabbitMQDialogue.Step {
    var ending: RabbitMQDialogue.Ending? { if case .end(let ending, _) = self { ending } else { nil } }

    var bytes: [UInt8] {
        switch self {
        case .goOn(let bytes), .end(_, let bytes): bytes
        }
    }

    var failure: (code: FailureCode, word: String)? {
        if case .failed(let code, let word)? = ending { (code, word) } else { nil }
    }

    /// The code of a failure, else what there is.
    var code: String { failure?.code.description ?? (ending == .passed ? "passed" : "goes on") }
}
