//! What a team asks of a commit message.

/// May a header have a scope, `fix(scope): …`?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// With or without.
    #[default]
    Optional,
    /// Always.
    Required,
    /// Never.
    Forbidden,
}

/// The format of a commit message: `<type>(<scope>)!: <tag> <description>`, and its trailers.
///
/// The default is `fix: [HOTFIX] …` with a scope or without. What a field may hold is said by
/// [`type_fault`], [`tag_fault`] and [`trailer_fault`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// The types that may be written, never none; the first is the one that is put in front.
    pub types: Vec<String>,
    /// Whether there is a scope.
    pub scope: Scope,
    /// What comes between `: ` and the description; empty: nothing.
    pub tag: String,
    /// How many characters the first line has at most.
    pub subject_length: Option<usize>,
    /// Names of trailers that a message must have, git-interpret-trailers(1).
    pub trailers: Vec<String>,
}

impl Default for Format {
    fn default() -> Format {
        Format {
            types: vec!["fix".to_owned()],
            scope: Scope::Optional,
            tag: "[HOTFIX]".to_owned(),
            subject_length: None,
            trailers: Vec::new(),
        }
    }
}

impl Format {
    /// The type that is put in front.
    pub fn first_type(&self) -> &str {
        self.types.first().map_or("fix", String::as_str)
    }

    /// The tag with the space behind it, as it stands before a description.
    pub(super) fn tag_and_space(&self) -> String {
        match self.tag.as_str() {
            "" => String::new(),
            tag => format!("{tag} "),
        }
    }

    /// A line is not too long.
    pub fn fits(&self, line: &str) -> bool {
        self.subject_length
            .is_none_or(|most| line.chars().count() <= most)
    }
}

/// Why a word is no type: ASCII letters in lower case, digits and `-`, a letter first.
pub fn type_fault(word: &str) -> Option<&'static str> {
    if !word.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Some("a type begins with a letter from a to z");
    }
    let odd = word.bytes().any(|b| !is_type_byte(b));
    odd.then_some("a type has the letters a to z, digits and '-'")
}

/// A byte of a type's word.
pub(super) fn is_type_byte(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
}

/// Why a text is no tag: one line that can be seen, without white space around it.
pub fn tag_fault(tag: &str) -> Option<&'static str> {
    if tag != tag.trim() {
        return Some("a tag has no white space around it");
    }
    tag.contains(is_unseen)
        .then_some("a tag is one line of characters that can be seen")
}

/// Control characters, blanks but the space, and what has no width or turns text round.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Why a text is no trailer's name: what git takes for one, with a letter first.
pub fn trailer_fault(name: &str) -> Option<&'static str> {
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some("a trailer's name begins with a letter");
    }
    let odd = name
        .bytes()
        .any(|b| !b.is_ascii_alphanumeric() && b != b'-');
    odd.then_some("a trailer's name has letters, digits and '-'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_fields_may_hold() {
        for word in ["fix", "feat", "build-2", "x"] {
            assert_eq!(type_fault(word), None, "{word}");
        }
        for word in ["", "Fix", "2fix", "-", "fix:", "fi x", "修复", "fix_up"] {
            assert!(type_fault(word).is_some(), "{word:?}");
        }
        for tag in ["", "[HOTFIX]", "HOTFIX -", "【紧急】", "🔥", "\\d+.*(a|b)"] {
            assert_eq!(tag_fault(tag), None, "{tag}");
        }
        for tag in [
            " a",
            "a ",
            "a\nb",
            "a\tb",
            "\u{feff}a",
            "a\u{200b}",
            "a\u{2028}b",
            "\u{1b}[1m",
        ] {
            assert!(tag_fault(tag).is_some(), "{tag:?}");
        }
        for name in ["Incident", "signed-off-by", "CVE-2026"] {
            assert_eq!(trailer_fault(name), None, "{name}");
        }
        for name in ["", "-x", "In cident", "Incident:", "a_b", "é"] {
            assert!(trailer_fault(name).is_some(), "{name:?}");
        }
    }
}
