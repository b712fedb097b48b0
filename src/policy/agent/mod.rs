//! What coding agents are told, and which of it in a file is ours.
//!
//! A text of ours carries a mark with a checksum of itself: what a person changed is told from what an
//! earlier version wrote. Line endings do not count, since git may change them on checkout.

pub mod section;

use serde::Serialize;

/// What Claude Code reads when a person types `/hotfix`.
const COMMAND: &str = include_str!("hotfix.md");

/// Where that is, below a project or the person's own folder for Claude Code.
pub const COMMAND_FILE: [&str; 2] = ["commands", "hotfix.md"];

/// The last line; the checksum and ` -->` follow.
const MARK: &str = "<!-- git-hotfix: kept by 'git hotfix agent', checksum ";

/// How a file, or a section of one, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is not there.
    Missing,
    /// As this version writes it.
    Current,
    /// As another version wrote it.
    Outdated,
    /// Ours, and changed by a person.
    Changed,
    /// Somebody else's.
    Foreign,
    /// The marks do not belong together.
    Broken,
    /// It cannot be read, or a link leads out of the project.
    Unreadable,
}

/// The text of `/hotfix` with its mark.
pub fn command() -> String {
    format!("{COMMAND}\n{MARK}{} -->\n", checksum(COMMAND))
}

/// How a text stands where `/hotfix` belongs.
pub fn command_state(text: Option<&str>) -> State {
    let Some(text) = text else {
        return State::Missing;
    };
    let text = with_lf(text);
    let Some((body, mark)) = text.rsplit_once(MARK) else {
        return State::Foreign;
    };
    let body = body.strip_suffix('\n').unwrap_or(body);
    let whole = format!("{} -->", checksum(body));
    match mark.strip_suffix('\n').unwrap_or(mark) == whole {
        true if text == command() => State::Current,
        true => State::Outdated,
        false => State::Changed,
    }
}

/// A text with the line endings of the one whose place it takes.
pub fn in_style_of(old: &str, new: &str) -> String {
    match old.contains("\r\n") {
        true => new.replace('\n', "\r\n"),
        false => new.to_owned(),
    }
}

/// The lines of a text that are not in the one that takes its place.
pub fn lost(old: &str, new: &str) -> Vec<String> {
    let is_kept = |line: &str| new.lines().any(|kept| kept.trim_end() == line);
    let lines = old.lines().map(str::trim_end);
    let own = lines.filter(|line| !line.is_empty() && !line.starts_with("<!-- git-hotfix: "));
    own.filter(|line| !is_kept(line))
        .map(str::to_owned)
        .collect()
}

fn with_lf(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// FNV-1a of a text in hex: it tells a change, not a forgery.
fn checksum(text: &str) -> String {
    let hash = with_lf(text)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests;
