internal import ArgumentParser

/// What the option `--discover` says of itself in each command that has it.
enum DiscoverOption {
    static let help = ArgumentHelp(
        "Checks that the environment names: links (of Docker), urls, links=NAME,… (of Kubernetes).",
        valueName: "sources"
    )
}
