//! The commit message's format, `fix: [HOTFIX] …`, judged as git would clean it.

mod cleanup;
mod header;
mod revert;
#[cfg(test)]
mod tests;

pub use cleanup::{Cleaning, Cleanup, clean};
pub use header::{PATTERN, description, header, is_begun, prefill, says_nothing};
pub use revert::revert;

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
    /// The line as it stands, control characters removed.
    pub text: String,
    /// 0-based column (characters) of the first wrong place.
    pub column: usize,
    /// What is wrong, in a few words.
    pub reason: String,
    /// The line as it would be right.
    pub expected: Option<String>,
}

/// The fault of a cleaned message, or nothing.
pub fn fault(cleaned: &[u8], situation: Situation) -> Option<Fault> {
    let mut lines = cleaned.split(|&b| b == b'\n');
    let first = lines.next().unwrap_or_default();
    if is_blank(first) {
        return Some(blank_fault(cleaned));
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
    if let Err(wrong) = header::check(first) {
        return Some(Fault {
            line: 1,
            text: shown(first),
            column: shown(&first[..wrong.at]).chars().count(),
            reason: special_reason(first).unwrap_or(wrong.reason).to_owned(),
            expected: Some(header::corrected(&shown(first))),
        });
    }
    let second = lines.next().filter(|line| !is_blank(line))?;
    Some(Fault {
        line: 2,
        text: shown(second),
        column: 0,
        reason: "a blank line comes between the first line and the body".to_owned(),
        expected: None,
    })
}

/// git takes the first line that is not blank for the subject; with `verbatim` a blank one may
/// stand before it.
fn blank_fault(cleaned: &[u8]) -> Fault {
    let subject = cleaned.split(|&b| b == b'\n').find(|line| !is_blank(line));
    let reason = match subject {
        None => "empty message",
        Some(_) => "the first line is blank",
    };
    Fault {
        line: 1,
        text: String::new(),
        column: 0,
        reason: reason.to_owned(),
        expected: Some(header::corrected(&shown(subject.unwrap_or_default()))),
    }
}

/// The right message is that of the commit it belongs to: there is no line to write instead.
fn not_folded_fault(first: &[u8]) -> Fault {
    Fault {
        line: 1,
        text: shown(first),
        column: 0,
        reason: "not folded in yet (git rebase -i --autosquash)".to_owned(),
        expected: None,
    }
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

/// A line for the screen: nothing in it moves the cursor or turns the text round.
fn shown(line: &[u8]) -> String {
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let text = String::from_utf8_lossy(line);
    let spaced = text.chars().map(|c| if c == '\t' { ' ' } else { c });
    spaced.filter(|&c| !c.is_control() && !turns(c)).collect()
}
