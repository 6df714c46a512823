/// Rows that tests hold without a doubt, each found by its name, and rows on what there is not.
let heldRows: [Row] = [
    .held(1, "refused", by: "Refused"),
    .held(4, "accepts, then silent", by: "A server that misbehaves"),
    .held(5, "slow drip", by: "A server that misbehaves"),
    .held(
        6,
        "RST at accept or mid-reply; FIN mid-reply",
        by: "A server that misbehaves",
        "A cut head is no answer, wherever it is cut"
    ),
    .held(7, "wrong protocol, garbage, TLS on plain", by: "A server that misbehaves"),
    .held(
        8,
        "endless or fast body, huge header, gzip bomb",
        by: "A body that never ends is judged by its first 64 KiB",
        "What nobody asked to be compressed is not unpacked"
    ),
    .held(9, "bad chunk, wrong length, endless 100s", by: "A server that misbehaves is never a success"),
    .held(
        10,
        "redirect, also to 169.254.169.254",
        by: "A redirect is not followed unless asked for, to the machine's metadata least of all"
    ),
    .held(
        15,
        "server asks for clear text or downgrades TLS",
        by: "A request for the password in clear is refused, unless clear text is allowed",
        "A server that demands TLS of us, or has none for us, gets no password"
    ),
    .held(
        16,
        "certificate expired, wrong name, unknown CA",
        by: "Certificates are told apart",
        "What is wrong with a server's certificate has its code, as far as libpq tells"
    ),
    .held(
        22,
        "query hangs, notices flood",
        by: "A query that is answered by nothing, or by notices for ever, ends at the deadline",
        "Under a migration's lock never more than one backend of ours waits, and none once its time is over"
    ),
    .held(
        23,
        "absurd lengths",
        by: "Lengths that no message has do not confuse it",
        "A row that claims to be 1 GiB long makes nobody allocate that much"
    ),
    .notBuiltIn(29, "rebinding answers", "no option restricts addresses, and CONTRACT.md has none"),
    .notBuiltIn(46, "SIGHUP with a broken configuration", "reloading; SIGHUP is ignored with a line"),
    .held(
        48,
        "non-root, read-only root, no /tmp, odd variables",
        by: "Foreign variables, locale, time zone and proxies change nothing",
        "It runs as nobody, from a folder that it cannot write",
        "It runs from a read-only root without /tmp"
    ),
]

/// What the library itself gets wrong, why no row fails for it, and why it stays.
let libraryFaults = [
    "writes the head of its answer to a malformed Content-Length twice; the connection closes, so that no next answer can be"
        + " taken for another (mended upstream after 0.9.75)",
    "closes without an answer on TLS on the plain port, on a line without a space, and on a head a few bytes above the limit",
    "leaves a request with more query arguments than its memory holds unanswered; our deadline for heads closes it",
    "joins a folded header's name with its value, and takes a line that begins with NUL for the end of the headers;"
        + " we read none but Host and Accept",
    "does not hear of a client's end that comes together with its request; the connection then lasts for its idle time, 20 s",
    "spins on EMFILE while it has no connection at all; we keep descriptors free, so that it does not come to that",
]
