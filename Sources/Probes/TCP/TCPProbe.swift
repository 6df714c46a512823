internal import Health
internal import Transport

/// Connects, and talks as the user wrote; without steps a connection alone is a pass.
struct TCPProbe: ServerProbe {
    let endpoint: Endpoint
    /// For people: where the server is.
    let place: String
    let steps: [TextDialogue.Step]
    let network: Network

    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        await open(until: deadline, on: loop).0
    }

    func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, HeldConnection?
    ) {
        var dialogue = TextDialogue(steps)
        do throws(TransportFailure) {
            let stream = try await Stream.connect(to: endpoint, by: network.connector, until: deadline, on: loop)
            while true {
                switch dialogue.action() {
                case .passed: return (.passed(), .attended(SilentConnection(stream)))
                case .failed(let code, let word): return (.failed(ProbeFailure(code, at: place, word)), nil)
                case .send(let bytes): try await stream.send(bytes, until: deadline, on: loop)
                case .search(let pattern, let bytes):
                    let end = try await pattern.end(
                        ofMatchIn: bytes,
                        at: .exchange,
                        with: network,
                        until: deadline,
                        on: loop
                    )
                    dialogue.found(end)
                case .receive:
                    var bytes: [UInt8] = []
                    let room = TextDialogue.mostBytes
                    guard try await stream.receive(into: &bytes, atMost: room, until: deadline, on: loop) > 0 else {
                        let (code, word) = dialogue.ending
                        return (.failed(ProbeFailure(code, at: place, word)), nil)
                    }
                    dialogue.receive(bytes)
                }
            }
        } catch {
            return (.failed(ProbeFailure(error, at: place)), nil)
        }
    }
}
