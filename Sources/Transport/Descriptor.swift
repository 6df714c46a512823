internal import Glibc

/// Owns one file descriptor and closes it when it goes.
package struct Descriptor: ~Copyable {
    package let number: Int32

    /// Takes the descriptor over; nobody else may close it from now on.
    package init(owning number: Int32) {
        self.number = number
    }

    /// Gives the descriptor away without closing it.
    package consuming func release() -> Int32 {
        let number = self.number
        discard self
        return number
    }

    deinit {
        close(number)
    }
}
