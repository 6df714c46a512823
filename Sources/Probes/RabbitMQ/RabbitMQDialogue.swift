internal import Health

/// The conversation with a RabbitMQ server, in AMQP 0-9-1. Bytes in, step out, no socket.
///
/// Greeting, login and virtual host each wait for their answer; then what is asked about a queue; then the goodbye, without which
/// the server writes a warning. A server that is blocked says so in the place of its goodbye.
struct RabbitMQDialogue {
    struct Login: Hashable {
        let user: String
        let password: String
    }

    enum Step: Hashable {
        /// Send this, which may be nothing, and hand over what comes next.
        case goOn([UInt8])
        /// Send this, which may be nothing and need not arrive.
        case end(Ending, [UInt8])

        fileprivate static func say(_ frames: AMQPFrame...) -> Step { .goOn(frames.flatMap(\.bytes)) }
    }

    enum Ending: Hashable {
        case passed
        case failed(FailureCode, String)
    }

    /// What the server has to say next.
    private enum Awaited: Hashable {
        case start
        case tune
        case openOk
        case channelOpenOk(RabbitMQRequirements.Queue?)
        case declareOk(RabbitMQRequirements.Queue)
        /// The answer to a question whose only point is the answer.
        case qosOk
        /// After it, this is the ending.
        case closeOk(Ending)
        /// Nothing, until ``askAgain()``.
        case nothing
    }

    /// Nil where it is enough that the server asks for a login.
    private let login: Login?
    private let wanted: RabbitMQRequirements
    /// Whether a connection that passes is to be kept: there is no goodbye then.
    private let isKept: Bool
    private var hasChannel = false
    private var parser = AMQPFrameParser()
    private var awaited = Awaited.start

    init(login: Login?, requirements: RabbitMQRequirements, isKept: Bool = false) {
        self.login = login
        wanted = requirements
        self.isKept = isKept && login != nil
    }

    /// What is sent first.
    var opening: [UInt8] { AMQPFrame.protocolHeader }

    /// Asks once more, over a connection that has passed and is kept.
    ///
    /// - Returns: what is to be sent.
    mutating func askAgain() -> [UInt8] {
        precondition(
            isKept && awaited == .nothing,
            "a connection was asked over that was not kept, or is being asked over"
        )
        guard hasChannel else {
            hasChannel = true
            awaited = .channelOpenOk(wanted.queue)
            return AMQPFrame.channelOpen.bytes
        }
        if let queue = wanted.queue {
            awaited = .declareOk(queue)
            return AMQPFrame.declarePassively(queue.name).bytes
        }
        awaited = .qosOk
        return AMQPFrame.qos.bytes
    }

    /// Whether the server has not let us in yet, once it asked for a login: the stage of a failure that is found now.
    var isLoggingIn: Bool { awaited == .tune || awaited == .openOk }

    /// What is known already, for the case that the server no longer answers.
    var verdict: Ending? {
        if case .closeOk(.failed(let code, let word)) = awaited { .failed(code, word) } else { nil }
    }

    /// Takes what the server sent and says what to do next.
    mutating func receive(_ bytes: [UInt8]) -> Step {
        parser.append(bytes)
        var answer: [UInt8] = []
        do throws(AMQPFrame.Malformed) {
            while let frame = try parser.next() {
                switch try step(after: frame) {
                case .goOn(let more): answer += more
                case .end(let ending, let last): return .end(ending, answer + last)
                }
            }
        } catch {
            return .end(.failed(FailureCode(.exchange, .malformed), error.description), [])
        }
        return .goOn(answer)
    }
}

// MARK: - Answers

extension RabbitMQDialogue {
    private mutating func step(after frame: AMQPFrame) throws(AMQPFrame.Malformed) -> Step {
        switch frame.kind {
        case .method: try step(after: AMQPMethod(frame.payload))
        // A server that is slow to answer hears that we are still there.
        case .heartbeat: .say(.heartbeat)
        case .header, .body: throw AMQPFrame.Malformed(description: "a message that nobody asked for")
        }
    }

    private mutating func step(after method: AMQPMethod) -> Step {
        switch (awaited, method) {
        case (_, .close(let reason)):
            let code = FailureCode(closing: reason, at: isLoggingIn ? .login : .exchange)
            return .end(verdict ?? .failed(code, reason.word), AMQPFrame.closeOk.bytes)
        case (_, .blocked(let reason)): return .end(.failed(FailureCode(.exchange, .blocked), reason), [])
        case (.start, .start(let mechanisms)): return logIn(by: mechanisms)
        case (.tune, .tune(let limits)):
            awaited = .openOk
            return .say(.tuneOk(limits.narrowed(isKept: isKept)), .open(virtualHost: wanted.virtualHost))
        case (.openOk, .openOk): return openChannel()
        case (.channelOpenOk(let queue?), .channelOpenOk):
            awaited = .declareOk(queue)
            return .say(.declarePassively(queue.name))
        case (.channelOpenOk(nil), .channelOpenOk):
            guard isKept else { return leave(.passed) }
            awaited = .qosOk
            return .say(.qos)
        case (.qosOk, .qosOk): return leave(.passed)
        case (.declareOk(let queue), .declareOk(let messages, let consumers)):
            return leave(judge(queue, messages: Int(messages), consumers: Int(consumers)))
        case (.declareOk, .channelClose(let reason)):
            // Not agreed to first: an agreement and the goodbye in one write now and then make RabbitMQ report an error of its own.
            return leave(.failed(FailureCode(closingChannel: reason), reason.word))
        case (.closeOk(let ending), .closeOk): return .end(ending, [])
        case (.tune, .secure):
            return .end(.failed(FailureCode(.login, .unsupported), "it asks for more than a password"), [])
        case (_, .unblocked): return .goOn([])
        default:
            return .end(.failed(FailureCode(.exchange, .unexpected), "another answer than was asked for"), [])
        }
    }

    private mutating func logIn(by mechanisms: String) -> Step {
        guard let login else { return .end(.passed, []) }
        guard mechanisms.split(separator: " ").contains("PLAIN") else {
            return .end(.failed(FailureCode(.login, .unsupported), "PLAIN is not among its \(mechanisms)"), [])
        }
        awaited = .tune
        return .say(.startOk(login))
    }

    private mutating func openChannel() -> Step {
        guard wanted.queue != nil || wanted.takesMessages else { return leave(.passed) }
        hasChannel = true
        awaited = .channelOpenOk(wanted.queue)
        return .say(.channelOpen)
    }

    private func judge(_ queue: RabbitMQRequirements.Queue, messages: Int, consumers: Int) -> Ending {
        let code = FailureCode(.assert, .unexpected)
        if consumers < queue.minConsumers {
            return .failed(code, "\(consumers) consumers, wanted: \(queue.minConsumers)")
        }
        if let most = queue.maxDepth, messages > most {
            return .failed(code, "\(messages) messages wait, wanted: \(most) at most")
        }
        return .passed
    }

    /// Says goodbye, unless all is well and the connection is kept; a server that is blocked will not read it.
    private mutating func leave(_ ending: Ending) -> Step {
        if isKept, ending == .passed {
            awaited = .nothing
            return .end(.passed, [])
        }
        awaited = .closeOk(ending)
        let question = ending == .passed && wanted.takesMessages ? AMQPFrame.messageBegun : []
        return .goOn((question + [.close]).flatMap(\.bytes))
    }
}
