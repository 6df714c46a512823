/// Which placeholders are replaced in a text.
enum PlaceholderRule: Hashable, Sendable {
    /// `${NAME}` and its kin, and `$$` for a dollar sign: in the file.
    case all
    /// The same, but `$$` stays as it is except before a brace: in variables and arguments, where a password
    /// may well hold two dollar signs that nobody meant as an escape.
    case bracesOnly
    /// Those of these variables alone; any other `${` and `$$` stay as they are: in templates of a language that has dollar
    /// signs and braces of its own.
    case only(Set<String>)
    /// The text is what a variable or a file holds, and is taken literally.
    case none
}
