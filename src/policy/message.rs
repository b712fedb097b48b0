//! The commit message's format, `fix: [HOTFIX] …`, judged as git would clean it.

mod cleanup;
mod format;
mod header;
mod loose;
mod pattern;
mod revert;
#[cfg(test)]
mod tests;
mod trailers;

pub use cleanup::{Cleaning, Cleanup, clean, has_comments};
pub use format::{Format, Scope, tag_fault, trailer_fault, type_fault};
pub use loose::has_hint;
pub use trailers::{names_incident, other_incident};

use serde::Serialize;

/// What is known of the commit beside its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    /// `MERGE_HEAD` is there, or the commit has two parents.
    pub merging: bool,
    /// It is not pushed: `fixup!` and the like may still be folded in.
    pub local: bool,
}

/// What is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// 1-based line of the cleaned message.
    pub line: usize,
    /// The line as it stands, control characters removed; empty where a line is missing.
    pub text: String,
    /// 0-based column (characters) of the first wrong place.
    pub column: usize,
    /// What is wrong, in a few words.
    pub reason: String,
    /// The line as it would be right.
    pub expected: Option<String>,
    /// The required trailer that is missing; `expected` is its line.
    pub trailer: Option<String>,
}

impl Fault {
    /// At the begin of the first line.
    fn of_first(text: String, reason: &str, expected: Option<String>) -> Fault {
        Fault {
            line: 1,
            text,
            column: 0,
            reason: reason.to_owned(),
            expected,
            trailer: None,
        }
    }
}

/// The fault of a cleaned message, or nothing.
///
/// Header, length of the first line, blank line before a body, trailers, in this order.
pub fn fault(cleaned: &[u8], situation: Situation, format: &Format) -> Option<Fault> {
    let mut lines = cleaned.split(|&b| b == b'\n');
    let first = lines.next().unwrap_or_default();
    if is_blank(first) {
        return Some(blank_fault(cleaned, format));
    }
    if is_folded_in(first) {
        return (!situation.local).then(|| not_folded_fault(first));
    }
    if situation.merging && first.starts_with(b"Merge ") {
        return None;
    }
    if is_revert_title(first) && lines.clone().any(is_revert_line) {
        return None;
    }
    header_fault(first, format)
        .or_else(|| length_fault(first, format))
        .or_else(|| body_fault(lines.next()?))
        .or_else(|| trailer_missing(cleaned, format))
}

/// Whether [`fault`] would find nothing. A wrong header is known without the words for it, which is
/// what takes the time where a whole history is judged.
pub fn is_right(cleaned: &[u8], situation: Situation, format: &Format) -> bool {
    let first = cleaned.split(|&b| b == b'\n').next().unwrap_or_default();
    let of_git = is_folded_in(first) || first.starts_with(b"Merge ") || is_revert_title(first);
    if !of_git && !is_blank(first) && header::check(first, format).is_err() {
        return false;
    }
    fault(cleaned, situation, format).is_none()
}

/// The first line of a message for the screen: nothing in it moves the cursor.
pub fn subject(message: &[u8]) -> String {
    shown(message.split(|&b| b == b'\n').next().unwrap_or_default())
}

fn header_fault(first: &[u8], format: &Format) -> Option<Fault> {
    let wrong = header::check(first, format).err()?;
    let reason = special_reason(first).map_or(wrong.reason, Into::into);
    let expected = format.corrected(&shown(first));
    Some(Fault {
        column: shown(char_floor(first, wrong.at)).chars().count(),
        ..Fault::of_first(shown(first), &reason, expected)
    })
}

fn length_fault(first: &[u8], format: &Format) -> Option<Fault> {
    let most = format.subject_length?;
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    let line = String::from_utf8_lossy(first);
    let length = line.chars().count();
    if length <= most {
        return None;
    }
    let fits: String = line.chars().take(most).collect();
    let reason = format!("{length} characters, and {most} at most");
    Some(Fault {
        column: shown(fits.as_bytes()).chars().count(),
        ..Fault::of_first(shown(first), &reason, None)
    })
}

fn body_fault(second: &[u8]) -> Option<Fault> {
    let reason = "a blank line comes between the first line and the body";
    (!is_blank(second)).then(|| Fault {
        line: 2,
        ..Fault::of_first(shown(second), reason, None)
    })
}

fn trailer_missing(cleaned: &[u8], format: &Format) -> Option<Fault> {
    let missing = format.missing_trailers(cleaned);
    let name = missing.first()?;
    let lines = cleaned.trim_ascii_end().split(|&b| b == b'\n').count();
    let reason = format!("the trailer '{name}' is missing at the end");
    Some(Fault {
        line: lines + 1,
        trailer: Some((*name).to_owned()),
        ..Fault::of_first(String::new(), &reason, Some(format!("{name}: <value>")))
    })
}

/// git takes the first line that is not blank for the subject; with `verbatim` a blank one may
/// stand before it.
fn blank_fault(cleaned: &[u8], format: &Format) -> Fault {
    let subject = cleaned.split(|&b| b == b'\n').find(|line| !is_blank(line));
    let reason = match subject {
        None => "empty message",
        Some(_) => "the first line is blank",
    };
    let expected = format.corrected(&shown(subject.unwrap_or_default()));
    Fault::of_first(String::new(), reason, expected)
}

/// The right message is that of the commit it belongs to: there is no line to write instead.
fn not_folded_fault(first: &[u8]) -> Fault {
    let reason = "not folded in yet";
    Fault::of_first(shown(first), reason, None)
}

/// Why git's own words are not let go here.
fn special_reason(first: &[u8]) -> Option<&'static str> {
    if first.starts_with(b"Merge ") {
        Some("only a merge may be called 'Merge …'")
    } else if is_revert_title(first) {
        Some("a revert says 'This reverts commit <id>'")
    } else {
        None
    }
}

/// `fixup! `, `squash! ` and `amend! ` as `git commit --fixup` writes them; nested they begin alike.
pub(super) fn is_folded_in(message: &[u8]) -> bool {
    let marks: [&[u8]; 3] = [b"fixup! ", b"squash! ", b"amend! "];
    marks.iter().any(|mark| message.starts_with(mark))
}

/// A revert of a revert is a `Reapply` since git 2.43.
fn is_revert_title(first: &[u8]) -> bool {
    first.starts_with(b"Revert \"") || first.starts_with(b"Reapply \"")
}

fn is_revert_line(line: &[u8]) -> bool {
    line.strip_prefix(b"This reverts commit ")
        .is_some_and(|rest| {
            let digits = rest.iter().take_while(|b| b.is_ascii_hexdigit()).count();
            let ends = !rest.get(digits).is_some_and(u8::is_ascii_alphanumeric);
            (4..=64).contains(&digits) && ends
        })
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|&b| header::is_space(b))
}

/// What stands before a byte, a character that it is a part of left out.
fn char_floor(line: &[u8], at: usize) -> &[u8] {
    let inside = |at: &usize| line.get(*at).is_some_and(|b| (0x80..0xC0).contains(b));
    let start = (0..=at).rev().find(|at| !inside(at)).unwrap_or(at);
    &line[..start]
}

/// A line for the screen: nothing in it moves the cursor or turns the text round.
fn shown(line: &[u8]) -> String {
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let text = String::from_utf8_lossy(line);
    let spaced = text.chars().map(|c| if c == '\t' { ' ' } else { c });
    spaced.filter(|&c| !c.is_control() && !turns(c)).collect()
}
