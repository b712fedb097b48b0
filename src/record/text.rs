//! Words, lines and byte ranges: what every part of the record's code needs.

use std::ops::Range;

/// Makes one line of what a person typed: no control characters, no terminal sequences, single
/// spaces.
///
/// The record is read on terminals and by line, so neither an escape sequence nor a line separator
/// may come in through a note.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in plain(text).split(|c: char| c.is_whitespace() || is_unsafe(c)) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The text with terminal sequences and control characters gone, line endings as `\n`, tabs kept.
pub(super) fn many_lines(text: &str) -> String {
    let text = plain(text).replace("\r\n", "\n");
    text.chars()
        .map(|c| match c {
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
            c => c,
        })
        .filter(|&c| c == '\n' || c == '\t' || !is_unsafe(c))
        .collect()
}

/// Control characters, and those that reorder what is shown.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Takes out `ESC [ … letter`; other control characters are left to the caller.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 2..];
        let len = tail
            .bytes()
            .take_while(|b| (0x20..0x40).contains(b))
            .count();
        let end = len + usize::from(tail[len..].starts_with(|c: char| ('@'..='~').contains(&c)));
        rest = &tail[end..];
    }
    out.push_str(rest);
    out
}

/// Whether a text is nothing but one bracketed hint, such as `[description]`.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) else {
        return false;
    };
    !inner.contains(['[', ']', '\n'])
        && !inner.starts_with('^')
        && !matches!(inner.trim(), "" | "x" | "X")
}

/// The ranges of all lines with their endings: `\n`, `\r\n` or a lone `\r`, as Markdown has it.
pub(super) fn lines(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'\n' => at + 1,
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => at + 2,
            b'\r' => at + 1,
            _ => {
                at += 1;
                continue;
            }
        };
        out.push(start..end);
        start = end;
        at = end;
    }
    if start < bytes.len() {
        out.push(start..bytes.len());
    }
    out
}

/// A line without its ending.
pub(super) fn bare(line: &str) -> &str {
    line.trim_end_matches(['\n', '\r'])
}

/// The line ending to write beside `at`: that of the line before, else the text's first.
pub(super) fn eol_at(text: &str, at: usize) -> &'static str {
    let before = &text[..at];
    let near = before.rfind('\n').or_else(|| text.find('\n'));
    match near {
        Some(end) if text[..end].ends_with('\r') => "\r\n",
        Some(_) => "\n",
        None => "\n",
    }
}

/// Whether `at` stands behind a complete line, or at the very beginning. A lone `\r` does not count:
/// a `\n` written behind it completes it.
pub(super) fn at_line_start(text: &str, at: usize) -> bool {
    let before = text[..at].strip_prefix('\u{feff}').unwrap_or(&text[..at]);
    before.is_empty() || before.ends_with('\n')
}

/// The length of a line's indentation, list marker and the space behind it; 0 without a marker.
pub(super) fn bullet(line: &str) -> usize {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let rest = &line.as_bytes()[indent..];
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let marker = match rest.first() {
        Some(b'-' | b'*' | b'+') => 1,
        Some(_) if (1..=9).contains(&digits) && matches!(rest.get(digits), Some(b'.' | b')')) => {
            digits + 1
        }
        _ => return 0,
    };
    let after = &rest[marker..];
    let space = after
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    if space == 0 && !bare(&line[indent + marker..]).is_empty() {
        return 0;
    }
    indent + marker + space
}

/// What an item beside this line begins with: its indentation and list marker, and a space behind that,
/// which an empty item lacks. Nothing without a marker.
pub(super) fn marker(line: &str) -> String {
    let marker = &line[..bullet(line)];
    match marker.is_empty() || marker.ends_with([' ', '\t']) {
        true => marker.to_owned(),
        false => format!("{marker} "),
    }
}

/// The three bytes of a task's mark at the beginning of `text`, and whether it is ticked.
///
/// The bytes decide: the parser's own task markers are misplaced in odd nestings.
pub(super) fn task_mark(text: &str) -> Option<bool> {
    let done = match text.get(..3)? {
        "[ ]" => false,
        "[x]" | "[X]" => true,
        _ => return None,
    };
    let after = &text[3..];
    (after.is_empty() || after.starts_with([' ', '\t', '\n', '\r'])).then_some(done)
}

/// What a line says behind its list marker and task mark.
pub(super) fn content(line: &str) -> &str {
    let rest = &line[bullet(line)..];
    let rest = if task_mark(rest).is_some() {
        &rest[3..]
    } else {
        rest
    };
    rest.trim()
}

/// One replacement of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patch {
    /// What goes.
    pub(super) range: Range<usize>,
    /// What comes.
    pub(super) with: String,
}

impl Patch {
    /// Adds `with` at `at`.
    pub(super) fn insert(at: usize, with: String) -> Patch {
        Patch {
            range: at..at,
            with,
        }
    }
}

/// The text with all patches applied; they do not overlap.
pub(super) fn patched(text: &str, mut patches: Vec<Patch>) -> String {
    patches.sort_by_key(|p| p.range.start);
    let added: usize = patches.iter().map(|p| p.with.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut at = 0;
    for patch in patches {
        out.push_str(&text[at..patch.range.start]);
        out.push_str(&patch.with);
        at = patch.range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Whether `text` begins with `prefix`, in any ASCII case, and not in the middle of a word.
pub(super) fn begins_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        && !text[prefix.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_has_no_control_characters_and_single_spaces() {
        assert_eq!(
            one_line(" a\r\n\tb\u{1b}[31mred\u{1b}[0m\u{7}c\u{2028}d "),
            "a bred c d"
        );
        assert_eq!(one_line("\u{1b}[é"), "é");
    }

    #[test]
    fn only_one_bracketed_text_is_a_placeholder() {
        for yes in ["[none]", " [What caused it] "] {
            assert!(is_placeholder(yes), "{yes}");
        }
        for no in [
            "", "[x](y)", "[a] b", "[a][b]", "[ ]", "[x]", "[^1]", "none",
        ] {
            assert!(!is_placeholder(no), "{no}");
        }
    }

    #[test]
    fn every_kind_of_line_ending_ends_a_line() {
        assert_eq!(lines("a\nb\r\nc\rd"), [0..2, 2..5, 5..7, 7..8]);
        assert!(lines("").is_empty());
    }

    #[test]
    fn a_bullet_needs_a_space_behind_it() {
        assert_eq!(bullet("  - a"), 4);
        assert_eq!(
            ["  - a", "*", "1.", "a"].map(marker),
            ["  - ", "* ", "1. ", ""]
        );
        assert_eq!(bullet("10) a"), 4);
        assert_eq!(bullet("-a"), 0);
        assert_eq!(bullet("-"), 1);
        assert_eq!(content("* [x] done "), "done");
    }
}
