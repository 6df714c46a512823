extension RabbitMQServer {
    /// Stops the broker but not its process (`rabbitmqctl stop_app`): its ports refuse connections until `startBroker()`.
    package func stopBroker() async throws { try await evaluate("rabbit:stop()") }

    /// Starts it again, in a second.
    package func startBroker() async throws { try await evaluate("rabbit:start()") }

    /// Sets off the memory alarm (`rabbitmqctl set_vm_memory_high_watermark 0.00001`) until `clearAlarm()`.
    package func raiseAlarm() async throws {
        try await evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.00001)")
    }

    package func clearAlarm() async throws {
        try await evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.4)")
    }

    /// Puts a message into a queue.
    package func publish(_ body: String, to queue: String, in virtualHost: String) async throws {
        let exchange = #"rabbit_misc:r(<<"\#(virtualHost)">>, exchange, <<>>)"#
        try await evaluate(#"rabbit_basic:publish(\#(exchange), <<"\#(queue)">>, [], <<"\#(body)">>)"#)
    }

    /// Takes all waiting messages out of a queue.
    package func purge(_ queue: String, in virtualHost: String) async throws {
        let name = #"rabbit_misc:r(<<"\#(virtualHost)">>, queue, <<"\#(queue)">>)"#
        try await evaluate("rabbit_amqqueue:purge(element(2, rabbit_amqqueue:lookup(\(name))))")
    }

    /// Lets no more than so many connections into a virtual host.
    package func limitConnections(to virtualHost: String, _ count: Int) async throws {
        let limit = #"[{<<"max-connections">>, \#(count)}]"#
        try await evaluate(#"rabbit_vhost_limit:set(<<"\#(virtualHost)">>, \#(limit), <<"test">>)"#)
    }

    /// Ends the processes of a virtual host, which is then down.
    package func stopVirtualHost(_ name: String) async throws {
        try await evaluate(#"rabbit_vhost_sup_sup:delete_on_all_nodes(<<"\#(name)">>)"#)
    }

    /// Connections that the server has not given up.
    package var connectionCount: Int {
        get async throws { Int(try await evaluate("length(rabbit_networking:connections())")) ?? -1 }
    }
}
