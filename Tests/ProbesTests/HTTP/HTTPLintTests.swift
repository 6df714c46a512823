import Testing

@testable import Probes

/// What the configuration of an HTTP check may not say.
struct HTTPLintTests {
    @Test(
        "A mistake has its place and its remedy",
        arguments: [
            ("headers: {'a b': c}", "headers: 'a b' is no name of a header"),
            ("headers: {Host: c}", "headers: use 'host' instead of a Host header"),
            ("headers: {Content-Length: 5}", "headers: Content-Length is set by allclear itself"),
            (#"headers: {X-Token: "s3cret\r\nX: y"}"#, "headers: X-Token must not hold control characters"),
            ("host: a b", "host: must be a host, or host:port"),
            ("basicAuth: s3cret", "basicAuth: must be user:password"),
            ("basicAuth: 'a:s3cret'\nbearerToken: s3cret", "Authorization header: bearerToken, basicAuth"),
            ("method: HEAD\nbody: x", "body: the answer to HEAD has no body"),
            ("method: HEAD\nrequestBody: x", "requestBody: HEAD takes no body"),
            ("method: POST\nfollowRedirects: 1", "followRedirects: only GET and HEAD can be redirected safely"),
            ("body: '~ ('", "body: "),
            ("json: {'a..b': x}", "json: 'a..b' is no path into JSON"),
            ("json: {a: '~ ('}", "json: "),
            ("ca: /ca.pem", "ca: means nothing without TLS"),
        ]
    )
    func mistakes(options: String, message: String) {
        let (definition, complaints) = Bench.load("url: http://app/\n\(options)")
        #expect(definition == nil)
        #expect(complaints.contains { $0.contains(": error: ") && $0.contains(message) }, "\(complaints)")
        #expect(!complaints.joined().contains("s3cret"))
    }

    @Test("Credentials in clear are warned about, but not on this machine")
    func clear() {
        let (remote, complaints) = Bench.load("url: http://user:s3cret@app.example/")
        #expect(
            remote != nil && complaints.contains { $0.contains("warning: checks.c: credentials cross the network") }
        )
        let (local, others) = Bench.load("url: http://user:s3cret@127.0.0.1/")
        #expect(local != nil && !others.contains { $0.contains("credentials") })
    }
}
