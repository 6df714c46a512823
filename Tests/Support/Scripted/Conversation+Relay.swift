import Foundation

extension Conversation {
    /// Sends the end of the stream and neither reads nor ends until the server is stopped.
    package func finishWritingOnly() throws {
        socket.finishWriting()
        while true { try pause(.seconds(3600)) }
    }

    /// Hands everything from the client to `other` and back, until either of the two ends, or the client speaks more often
    /// than it may.
    package func relay(to other: PlainSocket, upTo mostTurns: Int = .max) throws {
        let ways = [(socket, other), (other, socket)]
        var turns = 0
        while true {
            var entries = ways.map { pollfd(fd: $0.0.descriptor, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, nfds_t(entries.count), -1) >= 0 || errno == EINTR else { throw SystemFailure("poll") }
            for (entry, way) in zip(entries, ways) where entry.revents != 0 {
                let bytes = try way.0.read()
                guard !bytes.isEmpty else { return }
                if way.0 === socket { turns += 1 }
                guard turns <= mostTurns else { return }
                try way.1.write(bytes)
            }
        }
    }
}
