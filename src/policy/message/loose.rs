//! Lines that are nearly headers: what they say, and what they should have been.

use super::format::{Format, Scope};

/// Stands for a description that nobody gave.
const HINT: &str = "<what you did>";

/// Stands for a scope that nobody gave.
const SCOPE_HINT: &str = "<scope>";

/// Types that say no more than `fix` does, however they are written.
const FIXES: [&str; 5] = ["fix", "hotfix", "bugfix", "fixes", "fixed"];

/// Conventional Commits' other types. Only in lower case: the `CI:` of a title is its subject.
/// `revert` is missing on purpose: it says what was done.
const TYPES: [&str; 9] = [
    "build", "chore", "ci", "docs", "feat", "perf", "refactor", "style", "test",
];

/// Something that nobody gave is missing in a corrected line.
pub fn has_hint(line: &str) -> bool {
    line.contains(HINT) || line.contains(&format!("({SCOPE_HINT})"))
}

/// What a line that is nearly a header says.
#[derive(Debug, Default)]
struct Loose {
    /// One of the format's types.
    kind: Option<String>,
    scope: Option<String>,
    breaking: bool,
    description: String,
}

impl Loose {
    /// Takes type, scope and tag off the front, in whatever order and spelling.
    fn parse(line: &str, format: &Format) -> Loose {
        let line = tidy(line);
        let mut loose = Loose::default();
        let mut rest = line.as_str();
        let mut typed = false;
        loop {
            if let Some(after) = after_tag(rest, &format.tag) {
                rest = after;
            } else if let Some(start) = Start::parse(rest, format).filter(|_| !typed) {
                typed = true;
                loose.kind = start.kind;
                loose.scope = start.scope.and_then(valid_scope);
                loose.breaking = start.breaking;
                rest = start.rest;
            } else {
                break;
            }
        }
        loose.description = rest.to_owned();
        loose
    }

    fn render(&self, format: &Format) -> String {
        let kind = self.kind.as_deref().unwrap_or(format.first_type());
        let scope = self
            .scope
            .as_ref()
            .filter(|_| format.scope != Scope::Forbidden);
        let scope = scope.map(|s| format!("({s})")).unwrap_or_default();
        let bang = if self.breaking { "!" } else { "" };
        let tag = format.tag_and_space();
        format!("{kind}{scope}{bang}: {tag}{}", self.description)
    }
}

/// `type (scope) ! :` at the front of a line.
struct Start<'a> {
    kind: Option<String>,
    scope: Option<&'a str>,
    breaking: bool,
    rest: &'a str,
}

impl<'a> Start<'a> {
    fn parse(text: &'a str, format: &Format) -> Option<Start<'a>> {
        let letters = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let (word, rest) = text.split_at(letters.unwrap_or(text.len()));
        let (scope, rest) = match rest.trim_start().strip_prefix('(') {
            Some(inside) => {
                let (scope, rest) = inside.split_once(')')?;
                (Some(scope), rest)
            }
            None => (None, rest),
        };
        let rest = rest.trim_start();
        let bang = rest.strip_prefix('!').map(str::trim_start);
        let rest = bang.unwrap_or(rest);
        // The wide colon is what a Chinese or Japanese keyboard types.
        let colon = rest.strip_prefix([':', '：']).map(str::trim_start);
        let tagged = after_tag(colon.unwrap_or(rest), &format.tag).is_some();
        let small = word.to_ascii_lowercase();
        let allowed = |word: &str| format.types.iter().any(|kind| kind == word);
        let known = FIXES.contains(&small.as_str()) || TYPES.contains(&word) || allowed(word);
        let is_type = match colon {
            Some(_) => known || tagged || word.is_empty(),
            None => known && tagged,
        };
        is_type.then(|| Start {
            kind: Some(small).filter(|small| allowed(small)),
            scope,
            breaking: bang.is_some(),
            rest: colon.unwrap_or(rest),
        })
    }
}

/// What stands behind the tag in any case, for `[HOTFIX]` also behind `[ Hotfix ]`.
fn after_tag<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    if tag.is_empty() {
        return None;
    }
    let name = tag.strip_prefix('[').and_then(|tag| tag.strip_suffix(']'));
    // '[HOTFIX][P0]' is more than one pair of brackets, and is taken as it stands.
    if let Some(name) = name.filter(|name| !name.contains(']')) {
        let (inside, rest) = text.strip_prefix('[')?.split_once(']')?;
        let is_tag = inside.trim().eq_ignore_ascii_case(name.trim());
        return is_tag.then(|| rest.trim_start());
    }
    let (front, rest) = text.split_at_checked(tag.len())?;
    let in_word = tag.ends_with(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric);
    let is_tag = front.eq_ignore_ascii_case(tag) && !in_word;
    is_tag.then(|| rest.trim_start())
}

fn valid_scope(scope: &str) -> Option<String> {
    let scope = tidy(&scope.replace(['(', ')'], " "));
    (!scope.is_empty()).then_some(scope)
}

/// One line without control characters or white space around it.
fn tidy(text: &str) -> String {
    let spaced = text.replace(|c: char| c.is_control() || c == '\u{feff}', " ");
    spaced.trim().to_owned()
}

impl Format {
    /// The line as it would be right; a placeholder stands for what nobody gave and for a description
    /// that is too long. Nothing when even that does not fit.
    pub(super) fn corrected(&self, line: &str) -> Option<String> {
        let mut loose = Loose::parse(line, self);
        if self.scope == Scope::Required && loose.scope.is_none() {
            loose.scope = Some(SCOPE_HINT.to_owned());
        }
        if loose.description.is_empty() || !self.fits(&loose.render(self)) {
            HINT.clone_into(&mut loose.description);
        }
        Some(loose.render(self)).filter(|line| self.fits(line))
    }

    /// A header in the format: `fix(scope): [HOTFIX] description`.
    ///
    /// Takes the description's first line that is not blank; the body is the caller's. A description
    /// that has the format already, or a part of it, does not get it twice; its own scope gives way
    /// to the one given. [`super::fault`] refuses the header of a blank description, one without a
    /// scope that is required, and one that is too long.
    pub fn header(&self, scope: Option<&str>, description: &str) -> String {
        let lines = description.lines().map(tidy);
        let line = lines.into_iter().find(|line| !line.is_empty());
        let line = line.unwrap_or_default();
        let mut loose = Loose::parse(&line, self);
        if loose.description.is_empty() {
            loose.description = line;
        }
        if let Some(scope) = scope.and_then(valid_scope) {
            loose.scope = Some(scope);
        }
        loose.render(self).trim_end().to_owned()
    }

    /// The header of a commit that this tool makes itself: always in the format, a title that is too
    /// long cut off with `…`.
    pub fn own_header(&self, title: &str) -> String {
        let scope = (self.scope == Scope::Required).then_some("incident");
        let header = self.header(scope, title);
        match self.subject_length {
            Some(most) if !self.fits(&header) => {
                let kept: String = header.chars().take(most.saturating_sub(1)).collect();
                format!("{}…", kept.trim_end())
            }
            _ => header,
        }
    }

    /// What an editor is opened with: the header up to the description. Left as it is, it is refused.
    pub fn prefill(&self, scope: Option<&str>) -> String {
        let loose = Loose {
            scope: match scope.and_then(valid_scope) {
                None if self.scope == Scope::Required => Some(String::new()),
                scope => scope,
            },
            ..Loose::default()
        };
        format!("{} ", loose.render(self).trim_end())
    }

    /// A header has been begun: an editor need not be opened with another one.
    pub fn is_begun(&self, message: &[u8]) -> bool {
        let first = message.split(|&b| b == b'\n').next().unwrap_or_default();
        let text = String::from_utf8_lossy(first);
        let front = format!(": {}", self.tag);
        let typed = self.types.iter().any(|kind| text.starts_with(kind));
        typed && text.contains(front.trim_end())
    }

    /// Nothing stands behind type, scope and tag.
    pub fn says_nothing(&self, line: &str) -> bool {
        Loose::parse(line, self).description.is_empty()
    }

    /// The words behind the tag, which [`Format::header`] would put it in front of again.
    pub fn description(&self, line: &str) -> String {
        Loose::parse(line, self).description
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::message::header::check;
    use proptest::prelude::*;

    fn corrected(line: &str) -> String {
        Format::default().corrected(line).unwrap()
    }

    fn header(scope: Option<&str>, description: &str) -> String {
        Format::default().header(scope, description)
    }

    #[test]
    fn the_corrected_line() {
        let cases = [
            ("quick fix for login", "fix: [HOTFIX] quick fix for login"),
            ("fix: x", "fix: [HOTFIX] x"),
            ("fix : [HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix (a): [HOTFIX] x", "fix(a): [HOTFIX] x"),
            ("fix(a) : [HOTFIX] x", "fix(a): [HOTFIX] x"),
            ("fix( a ): [HOTFIX] x", "fix(a): [HOTFIX] x"),
            ("fix(): [HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix:  [HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix: [HOTFIX]  x", "fix: [HOTFIX] x"),
            ("fix: [HOTFIX]x", "fix: [HOTFIX] x"),
            ("fix:[HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix(a)! : x", "fix(a)!: [HOTFIX] x"),
            ("feat: thing", "fix: [HOTFIX] thing"),
            ("feat(ui): thing", "fix(ui): [HOTFIX] thing"),
            ("FIX: [HOTFIX] x", "fix: [HOTFIX] x"),
            ("foo: [HOTFIX] x", "fix: [HOTFIX] x"),
            ("hotfix: x", "fix: [HOTFIX] x"),
            ("fix: [hotfix] x", "fix: [HOTFIX] x"),
            ("fix [HOTFIX] x", "fix: [HOTFIX] x"),
            ("[HOTFIX] x", "fix: [HOTFIX] x"),
            ("[HOTFIX] fix(a): x", "fix(a): [HOTFIX] x"),
            (": x", "fix: [HOTFIX] x"),
            ("fix：[HOTFIX] 测试", "fix: [HOTFIX] 测试"),
            ("  fix: [HOTFIX] x", "fix: [HOTFIX] x"),
            ("\u{feff}fix: [HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix: [HOTFIX]", "fix: [HOTFIX] <what you did>"),
            ("fix(a):", "fix(a): [HOTFIX] <what you did>"),
            ("", "fix: [HOTFIX] <what you did>"),
            ("API: 500 on login", "fix: [HOTFIX] API: 500 on login"),
            ("CI: stuck", "fix: [HOTFIX] CI: stuck"),
            ("Revert: the cache", "fix: [HOTFIX] Revert: the cache"),
            ("1.2.3", "fix: [HOTFIX] 1.2.3"),
            ("fix(a: x", "fix: [HOTFIX] fix(a: x"),
            ("(x) y", "fix: [HOTFIX] (x) y"),
        ];
        for (line, expected) in cases {
            assert_eq!(corrected(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_header_is_not_doubled() {
        let cases = [
            (None, "login works again", "fix: [HOTFIX] login works again"),
            (
                Some("auth"),
                "login works",
                "fix(auth): [HOTFIX] login works",
            ),
            (None, "fix: x", "fix: [HOTFIX] x"),
            (None, "[HOTFIX] x", "fix: [HOTFIX] x"),
            (None, "fix(a)!: [HOTFIX] x", "fix(a)!: [HOTFIX] x"),
            (Some("b"), "fix(a): [HOTFIX] x", "fix(b): [HOTFIX] x"),
            (Some(" (b) "), "x", "fix(b): [HOTFIX] x"),
            (Some("()"), "x", "fix: [HOTFIX] x"),
            (None, "\n  \nfirst\nsecond", "fix: [HOTFIX] first"),
            (None, "fix:", "fix: [HOTFIX] fix:"),
            (None, " ", "fix: [HOTFIX]"),
        ];
        for (scope, description, expected) in cases {
            assert_eq!(header(scope, description), expected, "{description:?}");
        }
    }

    #[test]
    fn a_tag_of_two_pairs_of_brackets_is_not_doubled() {
        let format = Format {
            tag: "[HOTFIX][P0]".to_owned(),
            ..Format::default()
        };
        for line in ["x", "[hotfix][p0] x", "fix: [HOTFIX][P0] x"] {
            assert_eq!(format.header(None, line), "fix: [HOTFIX][P0] x", "{line}");
        }
    }

    /// Pieces of headers in any order come close to the format far more often than any text.
    fn nearly() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            Just("fix"),
            Just("("),
            Just(")"),
            Just("a"),
            Just("!"),
            Just(":"),
            Just(" "),
            Just("[HOTFIX]"),
            Just("[hotfix]"),
            Just("feat"),
            Just("：")
        ];
        proptest::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_is_corrected_is_right(line in prop_oneof![any::<String>(), nearly()]) {
            let line = line.lines().next().unwrap_or_default();
            let expected = corrected(line);
            prop_assert_eq!(check(expected.as_bytes(), &Format::default()), Ok(()), "{}", expected);
            prop_assert_eq!(corrected(&expected), expected);
        }

        #[test]
        fn every_header_is_right(
            scope: Option<String>,
            description in prop_oneof![any::<String>(), nearly()],
        ) {
            let seen = |c: char| !c.is_whitespace() && !c.is_control() && c != '\u{feff}';
            prop_assume!(description.contains(seen));
            let header = header(scope.as_deref(), &description);
            prop_assert_eq!(check(header.as_bytes(), &Format::default()), Ok(()), "{}", header);
            prop_assert_eq!(header.lines().count(), 1);
        }
    }
}
