internal import MicroHTTP
internal import Transport

/// The watches of one loop, and the tasks in which they make their attempts.
final class Roster {
    private let token: Token
    private var watches: [Watch] = []
    /// Those that wait for a task.
    private var called: [Watch] = []
    /// How many tasks there are, and were at one time.
    private var tasks = (now: 0, most: 0)
    /// So many leave memory behind that is worth giving back.
    private static let crowd = 64

    init(on loop: isolated EventLoop) {
        token = loop.add()
    }

    func take(_ watch: Watch) {
        watches.append(watch)
    }

    /// Has ``Watch/ask(on:)`` called in a task of its own.
    func callTask(for watch: Watch, on loop: isolated EventLoop) {
        called.append(watch)
        loop.signal(token)
    }

    /// Returns once the task is cancelled; nothing of an attempt or a connection is left then.
    func run(on loop: isolated EventLoop) async {
        for watch in watches { watch.rest(on: loop) }
        await withDiscardingTaskGroup { group in
            while await loop.wait(on: token, until: nil) == .signalled {
                let watches = called
                called = []
                for watch in watches {
                    // The task runs on the loop, as everything that the watch does.
                    nonisolated(unsafe) let (watch, roster) = (watch, self)
                    tasks.now += 1
                    tasks.most = max(tasks.most, tasks.now)
                    group.addTask {
                        await watch.ask(on: loop)
                        await roster.leave(on: loop)
                    }
                }
            }
        }
        for watch in watches { watch.stop(on: loop) }
        loop.remove(token)
    }

    private func leave(on loop: isolated EventLoop) {
        tasks.now -= 1
        guard tasks.most > Self.crowd, tasks.now <= tasks.most / 2 else { return }
        FreeMemory.giveBack()
        tasks.most = tasks.now
    }
}
