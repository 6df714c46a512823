import Foundation

extension RabbitMQServer {
    /// Writes rabbitmq.conf, the list of plugins, and what the server is to know from the start.
    func writeConfiguration() throws {
        let folder = process.folder
        var lines = [
            "listeners.tcp.1 = 127.0.0.1:\(port)", "load_definitions = \(folder.file("definitions.json"))",
            // A full disk of the machine that runs the tests is not what they are about.
            "disk_free_limit.absolute = 1MB",
        ]
        if let certificate = options.certificate, let securePort {
            lines += [
                "listeners.ssl.1 = 127.0.0.1:\(securePort)", "ssl_options.certfile = \(certificate.certificate)",
                "ssl_options.keyfile = \(certificate.key)", "ssl_options.verify = verify_none",
            ]
        }
        try folder.write((lines + options.settings).joined(separator: "\n") + "\n", to: "rabbitmq.conf")
        try folder.write("[].\n", to: "plugins")
        try folder.write([UInt8](try JSONEncoder().encode(Definitions(options))), to: "definitions.json")
    }
}

/// The part of a RabbitMQ definitions file that tests need.
private struct Definitions: Encodable {
    struct User: Encodable {
        let name: String
        let password: String
        let tags: [String]
    }

    struct VirtualHost: Encodable { let name: String }

    struct Permission: Encodable {
        let user: String
        let vhost: String
        let configure = ".*"
        let write = ".*"
        let read = ".*"
    }

    struct Queue: Encodable {
        let name: String
        let vhost: String
        let durable = true
        let auto_delete = false
        let arguments: [String: String] = [:]
    }

    let users: [User]
    let vhosts: [VirtualHost]
    let permissions: [Permission]
    let queues: [Queue]

    init(_ options: RabbitMQServer.Options) {
        users =
            [User(name: "guest", password: "guest", tags: ["administrator"])]
            + options.users.map { User(name: $0.key, password: $0.value, tags: []) }
        let hosts = options.virtualHosts.merging(["/": []]) { given, _ in given }
        vhosts = hosts.keys.map(VirtualHost.init)
        permissions = hosts.flatMap { host, users in (users + ["guest"]).map { Permission(user: $0, vhost: host) } }
        queues = options.queues.flatMap { host, names in names.map { Queue(name: $0, vhost: host) } }
    }
}
