extension Discovery {
    /// The check that libpq's own variables name: `PGHOST` and its relatives.
    ///
    /// What they say and a check cannot hold (`PGSERVICE`, `PGPASSFILE`, `PGOPTIONS`) is not looked at: without `PGPASSWORD`
    /// the check does not log in.
    mutating func postgreSQLVariables() -> Found? {
        guard let host = ["PGHOST", "PGHOSTADDR"].first(where: { environment[$0] != nil }) else { return nil }
        let address = environment[host] ?? ""
        guard !address.contains(",") else {
            leaveOut(host, "it names several hosts; write one check for each")
            return nil
        }
        let port = environment["PGPORT"] == nil ? "" : ":${PGPORT}"
        var settings = [DiscoveredCheck.Setting(key: "url", value: "postgres://${\(host)}\(port)")]
        var variables = [host] + (port.isEmpty ? [] : ["PGPORT"])
        func add(_ key: String, _ variable: String) {
            guard environment[variable] != nil else { return }
            settings.append(DiscoveredCheck.Setting(key, variable: variable))
            variables.append(variable)
        }
        add("user", "PGUSER")
        add("database", "PGDATABASE")
        if let password = environment.valueOrFile("PGPASSWORD") {
            let isFile = password.variable.hasSuffix(DiscoveryEnvironment.fileSuffix)
            add("password" + (isFile ? OptionSpec.fileSuffix : ""), password.variable)
            add("target_session_attrs", "PGTARGETSESSIONATTRS")
        } else {
            settings.append(DiscoveredCheck.Setting(key: "login", value: "false"))
        }
        add("sslmode", "PGSSLMODE")
        // `system` is no file.
        if environment["PGSSLROOTCERT"]?.hasPrefix("/") == true { add("sslrootcert", "PGSSLROOTCERT") }
        if environment["PGSSLCERT"] != nil, environment["PGSSLKEY"] != nil {
            add("sslcert", "PGSSLCERT")
            add("sslkey", "PGSSLKEY")
        }
        let user = environment["PGUSER"] ?? ""
        let place = Place(
            type: "postgres",
            host: address.lowercased(),
            port: environment["PGPORT"].flatMap { Int($0) } ?? 5432,
            login: "\(user)/\(environment["PGDATABASE"] ?? user)"
        )
        return Found(check: DiscoveredCheck(name: "postgres", settings, from: variables), place: place)
    }
}
