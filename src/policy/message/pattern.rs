//! The format as regular expressions in RE2's syntax, for a forge's rules.

use super::format::{Format, Scope};

/// A blank line's white space; `\s` would go on to the next line.
const BLANKS: &str = r"[\t\f\r ]*";

/// A revert that names its commit, which has no format to keep.
const REVERT: &str = concat!(
    r#"(Revert|Reapply) "[^\n]*\n([^\n]*\n)*"#,
    r"This reverts commit [0-9A-Fa-f]{4,64}([^0-9A-Za-z]|\z)"
);

impl Format {
    /// The header and the blank line before a body, for a whole message.
    ///
    /// `\A` and `\z` mean the message's ends also where a forge takes `^` and `$` for those of any
    /// line. What a pattern cannot see, it refuses: merges that git named, `fixup!`.
    pub fn pattern(&self) -> String {
        let header = self.header_pattern();
        format!(r"\A({header}[^\n]*(\n{BLANKS}(\n|\z)|\z)|{REVERT})")
    }

    /// Every pattern that a message must match: [`Format::pattern`], then one for the length of the
    /// first line, one for each trailer. RE2 has no way to ask for two things at one place.
    ///
    /// That of a trailer asks for its line in the last paragraph and leaves it to git whether that
    /// is a block of trailers.
    pub fn patterns(&self) -> Vec<String> {
        let revert = r#"\A(Revert|Reapply) ""#;
        let length = self
            .subject_length
            .map(|most| format!(r"{revert}|\A[^\n]{{1,{most}}}\r?(\n|\z)"));
        let trailers = self.trailers.iter().map(|name| {
            let lines = r"([^\n]*\S[^\n]*\n)*";
            let value = r"[\t ]*:([\t\f\r ]|\n[\t ])*\S[^\n]*";
            let rest = r"(\n[^\n]*\S[^\n]*)*\s*\z";
            format!(r"{revert}|\n{BLANKS}\n{lines}(?i:{name}){value}{rest}")
        });
        let first = std::iter::once(self.pattern());
        first.chain(length).chain(trailers).collect()
    }

    fn header_pattern(&self) -> String {
        let types = match self.types.as_slice() {
            [one] => one.clone(),
            several => format!("({})", several.join("|")),
        };
        let scope = r"\([^()\s][^()\n]*\)";
        let scope = match self.scope {
            Scope::Optional => format!("({scope})?"),
            Scope::Required => scope.to_owned(),
            Scope::Forbidden => String::new(),
        };
        let tag = escaped(&self.tag_and_space());
        format!(r"{types}{scope}!?: {tag}\S")
    }
}

/// RE2's own characters with a backslash in front, and no others: elsewhere `\<` is no `<`.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests;
