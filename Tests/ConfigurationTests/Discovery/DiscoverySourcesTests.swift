import Testing

@testable import Configuration

struct DiscoverySourcesTests {
    @Test(
        "A piece that is neither links nor urls continues the names before it",
        arguments: [
            ("links", true, [], false), ("urls", false, [], true), ("links,urls", true, [], true),
            (" links , urls ", true, [], true), ("links=postgres", false, ["postgres"], false),
            ("links=postgres,redis", false, ["postgres", "redis"], false),
            ("links=postgres,redis,urls", false, ["postgres", "redis"], true),
            ("urls,links=my-db,MY_CACHE", false, ["my-db", "MY_CACHE"], true),
            ("links,links=postgres", true, ["postgres"], false),
            ("links=a,urls,links=b,a", false, ["a", "b"], true),
        ]
    )
    func sources(text: String, links: Bool, names: [String], urls: Bool) throws {
        let sources = try DiscoverySources(parsing: text)
        #expect(sources.links == links && sources.names == names && sources.urls == urls)
    }

    @Test(
        "What is no source is told, with what was probably meant",
        arguments: [
            ("", "must name where to look"), ("links,", "must name where to look"),
            ("link", "no `link`; the name of a service stands behind `links=`; did you mean `links`?"),
            ("links,url", "did you mean `urls`?"), ("link=postgres", "did you mean `links`?"),
            ("postgres", "no `postgres`; the name of a service stands behind `links=`"),
            ("links=", "names of services"),
            ("links=a,,b", "names of services"), ("links=a.b", "names of services"), ("urls=x", "did you mean `urls`?"),
        ]
    )
    func mistakes(text: String, words: String) {
        #expect { try DiscoverySources(parsing: text) } throws: { "\($0)".contains(words) }
    }

    @Test("A mistake is said where it was made, and nothing is started")
    func places() {
        let option = ConfigurationLoader.discovering([:]).load(CommandLineOptions(discover: "link")).1.sorted
        #expect(option.map(\.location) == [.option("--discover")])
        let variable = ConfigurationLoader.discovering(["ALLCLEAR_DISCOVER": "link"]).load().1.sorted
        #expect(variable.map(\.location) == [.variable("ALLCLEAR_DISCOVER")])
    }
}
