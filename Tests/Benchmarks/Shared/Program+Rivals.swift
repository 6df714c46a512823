import Foundation
package import TestSupport

/// Each has one thread, which serves it best, and no log.
extension Program {
    /// HAProxy whose `monitor-uri` tells whether there are servers left, which it asks as its manual says to ask a Redis.
    ///
    /// - Parameters:
    ///   - servers: how many; all are the one Redis. Without any it just answers.
    ///   - isManaged: run by a master process, as Debian's service does.
    package static func haproxy(redis: UInt16? = nil, servers: Int = 1, isManaged: Bool = false)
        throws -> Program
    {
        let folder = try TemporaryFolder("bench")
        let port = FreePort.find()
        let failing = redis == nil ? "" : "monitor fail if { nbsrv(redis) lt 1 }"
        let backend = redis.map {
            """
            backend redis
                mode tcp
                option tcp-check
                tcp-check send PING\\r\\n
                tcp-check expect string +PONG
                server-template redis 1-\(servers) 127.0.0.1:\($0) check inter 1s fall 1 rise 1

            """
        }
        let configuration = """
            global
                nbthread 1
            defaults
                mode http
                timeout connect 1s
                timeout check 1s
                timeout client 60s
                timeout server 10s
            frontend ready
                bind 127.0.0.1:\(port)
                monitor-uri /ready
                \(failing)
            \(backend ?? "")
            """
        let file = try folder.write(configuration, to: "haproxy.cfg")
        return try Program(
            "HAProxy",
            program: "haproxy",
            arguments: (isManaged ? ["-W"] : []) + ["-db", "-f", file],
            port: port,
            target: "/ready",
            in: folder
        )
    }

    /// nginx that answers `return 200`.
    package static func nginx() throws -> Program {
        let folder = try TemporaryFolder("bench")
        let port = FreePort.find()
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.file($0));" }.joined(separator: " ")
        let configuration = """
            daemon off; master_process off; pid \(folder.file("pid")); error_log stderr error;
            events { worker_connections 1024; }
            http {
                access_log off; \(temporary) keepalive_requests 1000000000;
                server { listen 127.0.0.1:\(port); location / { return 200 "ok\\n"; } }
            }

            """
        let file = try folder.write(configuration, to: "nginx.conf")
        return try Program(
            "nginx",
            program: "nginx",
            arguments: ["-e", "stderr", "-c", file],
            port: port,
            target: "/ready",
            in: folder
        )
    }

    /// blackbox_exporter, which probes a Redis whenever it is asked to.
    package static func blackboxExporter(redis: UInt16) throws -> Program {
        let folder = try TemporaryFolder("bench")
        let port = FreePort.find()
        let configuration = """
            modules:
              redis:
                prober: tcp
                timeout: 1s
                tcp:
                  preferred_ip_protocol: ip4
                  query_response:
                    - send: PING
                    - expect: ^\\+PONG

            """
        let file = try folder.write(configuration, to: "blackbox.yml")
        return try Program(
            "blackbox_exporter",
            program: "prometheus-blackbox-exporter",
            arguments: ["--config.file=\(file)", "--web.listen-address=127.0.0.1:\(port)", "--log.level=error"],
            port: port,
            target: "/probe?module=redis&target=127.0.0.1:\(redis)",
            in: folder
        )
    }

    /// The library that serves our answers, alone, in C, with an answer of the gateway's.
    package static func libmicrohttpd(answering reply: HTTPReply) throws -> Program {
        let folder = try TemporaryFolder("bench")
        let port = FreePort.find()
        let body = try folder.write(reply.body, to: "body")
        let own = ["date", "connection", "content-length"]
        let headers = reply.headers.filter { !own.contains($0.name.lowercased()) }.flatMap { [$0.name, $0.value] }
        let program = URL(fileURLWithPath: try Executable.path()).deletingLastPathComponent()
        return try Program(
            "libmicrohttpd in C",
            program: program.appendingPathComponent("bench-libmicrohttpd").path,
            arguments: ["\(port)", body] + headers,
            port: port,
            target: "/ready",
            in: folder
        )
    }
}
