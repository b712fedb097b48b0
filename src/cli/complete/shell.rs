//! Words as each shell writes them.

use crate::cli::ui::harmless;
use crate::workflow::candidates::Candidate;
use clap::ValueEnum;

/// The shells that can complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    Pwsh,
    Elvish,
}

impl Shell {
    /// The script that makes it ask us.
    pub(crate) fn script(self) -> &'static str {
        match self {
            Shell::Bash => include_str!("scripts/git-hotfix.bash"),
            Shell::Zsh => include_str!("scripts/_git-hotfix"),
            Shell::Fish => include_str!("scripts/git-hotfix.fish"),
            Shell::Pwsh => include_str!("scripts/git-hotfix.ps1"),
            Shell::Elvish => include_str!("scripts/git-hotfix.elv"),
        }
    }

    /// The word before the cursor without the quotes of the shell, and the quote it is still in.
    /// zsh, PowerShell and elvish take the quotes off themselves.
    pub(crate) fn unquoted(self, word: &str) -> (String, Option<char>) {
        match self {
            Shell::Bash | Shell::Fish => unquoted(word, self == Shell::Fish),
            _ => (word.to_owned(), None),
        }
    }

    /// The line that offers a value: `value<TAB>words about it`, in bash the word to be inserted.
    /// zsh, fish and elvish put quotes around a value themselves.
    pub(crate) fn line(self, candidate: &Candidate, open: Option<char>) -> String {
        let Candidate { value, about, .. } = candidate;
        let about = one_line(about);
        match self {
            Shell::Bash => inserted(value, open),
            Shell::Pwsh => format!("{}\t{value}\t{about}", single_quoted(value)),
            _ => format!("{value}\t{about}"),
        }
    }

    /// The line that asks the shell for names of files. No value is empty.
    pub(crate) const FILES: &str = "\tfiles";
}

/// A value that a line of ours and a command line can hold: nothing in it moves a cursor, hides,
/// ends the line, or would be taken for an option.
pub(crate) fn is_typeable(value: &str) -> bool {
    !value.is_empty() && one_line(value) == value && !value.contains('\t')
}

fn one_line(text: &str) -> String {
    harmless(text).replace(['\n', '\t'], " ")
}

/// As bash's readline inserts it: behind a quote that is open what may stand within it, else with
/// backslashes and the blank that ends the word.
fn inserted(value: &str, open: Option<char>) -> String {
    match open {
        Some('\'') => value.replace('\'', r"'\''"),
        // Within double quotes nothing keeps bash's history from '!': the quotes are closed around it.
        Some(_) => escaped(value, |c| matches!(c, '"' | '$' | '`' | '\\')).replace('!', "\"'!'\""),
        None => {
            let plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
            format!("{} ", escaped(value, |c| !plain(c)))
        }
    }
}

fn escaped(value: &str, special: impl Fn(char) -> bool) -> String {
    let mut text = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        if special(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// PowerShell reads it as a string that holds nothing but itself.
fn single_quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+".contains(c);
    if value.chars().all(plain) {
        return value.to_owned();
    }
    // Its other quotes end a string as well.
    let mut text = String::from("'");
    for c in value.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            text.push(c);
        }
        text.push(c);
    }
    text.push('\'');
    text
}

/// Quotes and backslashes taken off, nothing expanded. Within single quotes fish knows `\'`.
fn unquoted(word: &str, fish: bool) -> (String, Option<char>) {
    let mut text = String::with_capacity(word.len());
    let mut open = None;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        match (open, c) {
            (None, '\'' | '"') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            (Some('\''), '\\') if !fish => text.push(c),
            (None, '\\') => text.extend(chars.next()),
            (Some(quote), '\\') => {
                let escapes = |next: &char| match quote {
                    '\'' => matches!(next, '\'' | '\\'),
                    _ => matches!(next, '"' | '$' | '`' | '\\'),
                };
                text.push(chars.next_if(escapes).unwrap_or(c));
            }
            (_, c) => text.push(c),
        }
    }
    (text, open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_are_taken_off_and_nothing_is_expanded() {
        let bash = |word| Shell::Bash.unquoted(word);
        assert_eq!(bash(r"Roll\ back"), ("Roll back".to_owned(), None));
        assert_eq!(bash("'it is $(x)"), ("it is $(x)".to_owned(), Some('\'')));
        assert_eq!(bash(r#"a"b\"c\d"e"#), (r#"ab"c\de"#.to_owned(), None));
        assert_eq!(bash(r"'a\'b"), (r"a\b".to_owned(), None));
        assert_eq!(
            Shell::Fish.unquoted(r"'a\'b"),
            ("a'b".to_owned(), Some('\''))
        );
        assert_eq!(bash("\\"), (String::new(), None));
        assert_eq!(Shell::Zsh.unquoted("'x"), ("'x".to_owned(), None));
    }

    #[test]
    fn what_could_draw_or_end_the_line_is_no_value() {
        for value in [
            "a\u{1b}[31mb",
            "a\nb",
            "a\tb",
            "",
            "a\rb",
            "\u{202e}a",
            "a\u{9b}b",
        ] {
            assert!(!is_typeable(value), "{value:?}");
        }
        assert!(is_typeable("$(touch x) `y` 'z' \"é\""));
        let about = Candidate::new("a", "b\u{1b}]0;c\u{7}\nd\te");
        assert_eq!(Shell::Fish.line(&about, None), "a\tb]0;c d e");
    }

    #[test]
    fn powershell_quotes_what_it_would_read() {
        let line = |value| Shell::Pwsh.line(&Candidate::new(value, ""), None);
        assert_eq!(line("hotfix/a"), "hotfix/a\thotfix/a\t");
        assert_eq!(line("it's $x"), "'it''s $x'\tit's $x\t");
        assert_eq!(line("a\u{2019}b"), "'a\u{2019}\u{2019}b'\ta\u{2019}b\t");
    }

    proptest! {
        #[test]
        fn what_bash_inserts_is_the_value(value in "[ -~é]{1,20}") {
            let inserted = |open| Shell::Bash.line(&Candidate::new(value.as_str(), ""), open);
            let word = inserted(None);
            prop_assert_eq!(unquoted(&word[..word.len() - 1], false), (value.clone(), None));
            for quote in ["'", "\""] {
                let open = quote.chars().next();
                let word = format!("{quote}{}{quote}", inserted(open));
                prop_assert_eq!(unquoted(&word, false), (value.clone(), None));
            }
        }
    }
}
