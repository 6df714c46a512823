import Foundation

/// A root file system into which the folder of the image has been put, and in which the program is run as in a container.
///
/// The program finds there: a read-only root, /proc, user 65532, no capability and no way to get one. The last owner's end
/// removes the root.
package final class ImageRoot: Sendable {
    /// The root that `make image-root` has made; nil where the tests run without.
    package static let made = ProcessInfo.processInfo.environment["ALLCLEAR_IMAGE_ROOT"]
    package static let program = "/opt/allclear/bin/allclear"

    private let folder: TemporaryFolder
    private let script: String

    private init(_ preparation: String) throws {
        guard let made = Self.made else { throw SystemFailure("$ALLCLEAR_IMAGE_ROOT", code: ENOENT) }
        folder = try TemporaryFolder("root")
        script = """
            set -e
            made='\(made)' root='\(folder.path)'
            \(preparation)
            mount -o remount,bind,ro "$root"
            exec setpriv --no-new-privs chroot --userspec=65532:65532 "$root" "$@"
            """
    }

    deinit { folder.remove() }

    /// The file of the image that holds the issuers to trust.
    package static let issuers = "/etc/ssl/certs/ca-certificates.crt"

    /// The image itself: nothing but what `make image-root` made, and files put into it as a container engine does, by their
    /// paths in the image.
    package static func scratch(files: [String: String] = [:]) throws -> ImageRoot {
        let mounts = files.map { path, file in
            "mkdir -p \"$root\(URL(fileURLWithPath: path).deletingLastPathComponent().path)\" && touch \"$root\(path)\""
                + " && mount --bind '\(file)' \"$root\(path)\""
        }
        return try ImageRoot(
            """
            cp -alf "$made/." "$root" && mkdir -p "$root/proc"
            mount --bind "$root" "$root" && mount --rbind /proc "$root/proc"
            \(mounts.joined(separator: "\n"))
            """
        )
    }

    /// This Debian with the folder put into it, as by `COPY --from`.
    package static func debian() throws -> ImageRoot {
        try ImageRoot(
            """
            mount --rbind / "$root" && mount -t tmpfs none "$root/opt" && mkdir "$root/opt/allclear"
            mount --bind "$made/opt/allclear" "$root/opt/allclear"
            """
        )
    }

    /// A root as Alpine's, with musl and BusyBox and without glibc, and the folder put into it.
    package static func alpine() throws -> ImageRoot {
        try ImageRoot(
            """
            mkdir -p "$root/bin" "$root/lib" "$root/proc" "$root/opt"
            cp /lib/ld-musl-*.so.1 "$root/lib/" && cp /bin/busybox "$root/bin/" && ln -s busybox "$root/bin/sh"
            cp -al "$made/opt/allclear" "$root/opt/"
            mount --bind "$root" "$root" && mount --rbind /proc "$root/proc"
            """
        )
    }

    /// What stands before the program, to run it in this root.
    package var wrapper: [String] { ["unshare", "--mount", "sh", "-c", script, "sh"] }

    /// Runs a program of the root to its end.
    package func run(_ command: [String], environment: [String: String] = [:]) async throws -> Executable {
        let words = wrapper + command
        let run = try Executable(
            Array(words.dropFirst()),
            environment: environment,
            program: Tool.find(words[0])
        )
        try await run.waitForEnd()
        return run
    }
}
