internal import Configuration
internal import Glibc

extension Surroundings {
    /// `allclear render`: a template with its variables replaced, or all that is wrong with it and nothing written.
    ///
    /// - Parameters:
    ///   - template: the path of a file, or `-` for standard input.
    ///   - output: the path of the file to write as a whole, or `-` for standard output, as for nil.
    ///   - lists: of the variables that may be replaced; none for all.
    package func render(_ template: String, to output: String?, only lists: [String]) -> ExitStatus {
        let name = template == "-" ? "<stdin>" : template
        var place = SourceLocation.option("--only")
        do throws(Mistake) {
            let names = try lists.isEmpty ? nil : Renderer.names(in: lists)
            place = .wholeFile(path: name)
            let text = try read(template)
            let renderer = Renderer(environment: environment, files: files)
            guard let rendered = accept(renderer.render(text, named: name, only: names)) else { return .usage }
            if let output, output != "-" {
                place = .wholeFile(path: output)
                try FileReplacement.write(rendered, to: output, mode: mode(of: template))
            } else {
                place = .wholeFile(path: "<stdout>")
                try FileReplacement.write(rendered, into: STDOUT_FILENO)
            }
            return .success
        } catch {
            complain(Diagnostic(.error, at: place, path: "", error.description).description)
            return .usage
        }
    }

    private func read(_ template: String) throws(Mistake) -> [UInt8] {
        do throws(FileReader.Failure) {
            let limit = Renderer.longestTemplate
            return try template == "-" ? FileReader.standardInput(limit: limit) : files.read(template, limit)
        } catch {
            throw Mistake("cannot read it: \(error)")
        }
    }

    /// A template that not everybody may read makes a file that not everybody may read, and a script makes a script.
    private func mode(of template: String) -> mode_t {
        var status = stat()
        return template != "-" && stat(template, &status) == 0 ? status.st_mode & 0o777 : 0o666
    }
}
