/// What a handler has for a request.
package enum Reply {
    case page(Page)

    /// Held back until there is an answer, at most for a time.
    case held(any Question, atMost: Duration)
}
