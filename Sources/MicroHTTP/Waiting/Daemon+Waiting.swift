internal import CMicroHTTPD

extension Daemon {
    /// Holds an answer back, or sends the last one at once where none can be held.
    func hold(
        _ connection: OpaquePointer,
        for question: any Question,
        atMost patience: Duration,
        since occasion: WaitingRoom.Occasion,
        _ stored: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> MHD_Result {
        guard let room, let slot = slot(of: connection) else {
            return send(question.lastAnswer(), to: question, on: connection)
        }
        var mark = RequestMark(stored: stored.pointee)
        mark.isHeld = true
        stored.pointee = mark.stored
        register.requestHeld(slot)
        if room.hold(connection, at: slot, for: question, atMost: patience, since: occasion) { return .YES }
        mark.isHeld = false
        stored.pointee = mark.stored
        register.requestResumed(slot)
        return send(question.lastAnswer(), to: question, on: connection)
    }

    /// Goes on with a request that was held back.
    func resume(_ connection: OpaquePointer, _ stored: UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> MHD_Result {
        var mark = RequestMark(stored: stored.pointee)
        mark.isHeld = false
        stored.pointee = mark.stored
        guard let slot = slot(of: connection), case .page(let page, let question)? = room?.take(slot) else {
            return .NO
        }
        register.requestResumed(slot)
        return send(page, to: question, on: connection)
    }

    private func send(_ page: Page, to question: any Question, on connection: OpaquePointer) -> MHD_Result {
        question.note(page)
        return page.send(on: connection)
    }
}
