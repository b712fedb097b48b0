//! A message that was refused: kept, with the command that commits it as it should be.

use super::shell::{quoted, word};
use super::typed::Typed;
use super::{Context, Result, trailers};
use crate::files;
use crate::policy::message::{self, Cleaning, Fault, Format, Situation};
use serde::Serialize;
use std::path::PathBuf;

/// A message that was refused.
#[derive(Debug, Serialize)]
pub struct Rejection {
    /// What is wrong with it.
    pub fault: Fault,
    /// The file it is kept in, when the command does not hold all of it.
    pub kept: Option<PathBuf>,
    /// The command that commits it as it should be.
    pub retry: String,
    /// There was no message to keep.
    pub empty: bool,
    /// The kept message differs from what was written: its wrong lines are put right.
    pub corrected: bool,
    /// Options that were given may be missing in the command: nobody told which they were.
    pub incomplete: bool,
}

/// Keeps the message: in the command to type next where that can hold it, else in a file, since git
/// overwrites its own copy at the next attempt.
pub(super) fn keep(
    ctx: &Context<'_>,
    branch: &str,
    cleaned: &[u8],
    how: &Cleaning,
    fault: Fault,
) -> Result<Rejection> {
    let format = &ctx.settings.format;
    let known = trailers::known(ctx, branch);
    let under_way = UnderWay::now(ctx);
    let fault = Fault {
        expected: with_value(&fault, &known).or(fault.expected),
        ..fault
    };
    let text = std::str::from_utf8(cleaned).ok().map(str::trim_end);
    let empty = text.is_some_and(|text| format.says_nothing(text));
    let header = match empty {
        true => Some("…".to_owned()),
        false => text.and_then(|text| mended(ctx, text, &fault, &known)),
    };
    let rejection = Rejection {
        fault,
        kept: None,
        retry: String::new(),
        empty,
        corrected: false,
        incomplete: under_way.incomplete && !empty,
    };
    if let Some(header) = header {
        return Ok(Rejection {
            retry: under_way.with_words(ctx, &header, &known),
            ..rejection
        });
    }
    let kept = ctx.repo.git_dir().join("HOTFIX_REJECTED_MSG");
    let (right, corrected) = corrected(cleaned, &rejection.fault, format);
    let whole = format.completed(&right, &known);
    files::write_atomic(ctx.repo.git_dir(), &kept, &whole)?;
    let file = quoted(&kept.to_string_lossy());
    let from = if corrected && message::fault(&whole, HERE, format).is_none() {
        format!("-F {file}")
    } else {
        // An editor's cleaning would take lines for comments that git has kept so far.
        let keeps = !how.edited && message::has_comments(cleaned, how);
        let cleanup = if keeps { "--cleanup=scissors " } else { "" };
        format!("{cleanup}-e -F {file}")
    };
    Ok(Rejection {
        retry: under_way.again("git commit", &from),
        kept: Some(kept),
        corrected,
        ..rejection
    })
}

/// A commit that is not pushed.
const HERE: Situation = Situation {
    merging: false,
    local: true,
};

/// How many lines of a message are put right at most.
const CORRECTED: usize = 8;

/// The message with the lines put right of which it is known how they should be, and whether there
/// were any.
fn corrected(cleaned: &[u8], fault: &Fault, format: &Format) -> (Vec<u8>, bool) {
    let mut text = cleaned.to_vec();
    let mut fault = Some(fault.clone());
    let mut changed = false;
    for _ in 0..CORRECTED {
        let Some(right) = fault.and_then(|fault| with_line(&text, &fault)) else {
            break;
        };
        (text, changed) = (right, true);
        fault = message::fault(&text, HERE, format);
    }
    (text, changed)
}

/// The message with the wrong line as it is right, or the blank line that is missing.
fn with_line(text: &[u8], fault: &Fault) -> Option<Vec<u8>> {
    let mut lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
    let at = fault.line.checked_sub(1)?;
    let line = *lines.get(at)?;
    match &fault.expected {
        _ if fault.trailer.is_some() || std::str::from_utf8(line).is_err() => return None,
        Some(right) if message::has_hint(right) => return None,
        Some(right) => lines[at] = right.as_bytes(),
        None if at == 1 => lines.insert(at, b""),
        None => return None,
    }
    Some(lines.join(&b'\n'))
}

/// A missing trailer's line, when its value is known.
fn with_value(fault: &Fault, known: &[(String, String)]) -> Option<String> {
    let name = fault.trailer.as_ref()?;
    let value = known
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    value.map(|(_, value)| format!("{name}: {value}"))
}

/// How many bytes of a message stand on a command's line at most.
const ON_A_LINE: usize = 500;

/// The header as it is right, when nothing else is missing or would get lost: the message is one line,
/// and no placeholder stands in what is expected.
fn mended(
    ctx: &Context<'_>,
    text: &str,
    fault: &Fault,
    known: &[(String, String)],
) -> Option<String> {
    let format = &ctx.settings.format;
    let header = match fault.trailer {
        Some(_) => text,
        None => fault.expected.as_deref()?,
    };
    let said = |line: &str| format.description(line);
    let whole = format.with_trailers(header, known);
    let right = text.lines().count() == 1
        && said(header) == said(text)
        && !message::has_hint(header)
        && header.len() <= ON_A_LINE
        && format.missing_trailers(whole.as_bytes()).is_empty();
    right.then(|| header.to_owned())
}

/// The commit that is refused: how its files were chosen, and what git is in the middle of.
struct UnderWay {
    /// What was typed, or as much of it as can be known.
    typed: Typed,
    /// A rebase waits for it.
    rebasing: bool,
    /// More may have been typed.
    incomplete: bool,
}

/// Programs of git that commit without being asked for options of a commit.
const OTHERS: [&str; 5] = ["merge", "pull", "cherry-pick", "revert", "am"];

impl UnderWay {
    fn now(ctx: &Context<'_>) -> UnderWay {
        // A rebase names what it does; a person's own commit in the middle of one is not its.
        let action = ctx.env.var("GIT_REFLOG_ACTION").unwrap_or_default();
        let rewords = ["reword", "squash", "fixup"]
            .iter()
            .any(|word| action.contains(word));
        let rebasing = action.starts_with("rebase");
        let arguments = ctx.env.parent_arguments().unwrap_or_default();
        let typed = Typed::read(&arguments).filter(|_| !rebasing);
        let of_git = |word: &String| OTHERS.contains(&word.as_str());
        let incomplete = match &typed {
            Some(typed) => typed.more,
            None => !rebasing && !arguments.iter().any(of_git),
        };
        let mut typed = typed.unwrap_or_else(|| chosen(ctx));
        typed.amends |= rewords;
        UnderWay {
            typed,
            rebasing,
            incomplete,
        }
    }

    /// A commit command that chooses the same.
    fn again(&self, command: &str, rest: &str) -> String {
        let typed = &self.typed;
        let ours = command.starts_with("git hotfix");
        let mut line = command.to_owned();
        if !typed.of_git.is_empty() {
            line = line.replacen("git", &format!("git {}", typed.of_git.join(" ")), 1);
        }
        for (given, option) in [(typed.amends, " --amend"), (typed.all, " -a")] {
            line.push_str(if given { option } else { "" });
        }
        line.push_str(&format!(" {rest}"));
        // Behind our own `--` stands what git commit is handed.
        if ours && !(typed.options.is_empty() && typed.files.is_empty()) {
            line.push_str(" --");
        }
        for option in &typed.options {
            line.push_str(&format!(" {option}"));
        }
        let dashed = typed.files.iter().any(|file| file.starts_with('-'));
        if !typed.files.is_empty() && (!ours || dashed) {
            line.push_str(" --");
        }
        for file in &typed.files {
            line.push_str(&format!(" {}", word(file)));
        }
        match self.rebasing {
            true => format!("{line} && git rebase --continue"),
            false => line,
        }
    }

    /// The command for a message of one line: the short form where nothing gets lost on its way, as a
    /// scope or a `!` would, and as `--amend` is no option of it.
    fn with_words(&self, ctx: &Context<'_>, header: &str, known: &[(String, String)]) -> String {
        let format = &ctx.settings.format;
        let words = format.description(header);
        let full = format.header(None, &words);
        if !self.typed.amends && (header == "…" || header == full) {
            return self.again("git hotfix commit", &format!("-m {}", quoted(&words)));
        }
        let header = if header == "…" { &full } else { header };
        let mut rest = format!("-m {}", quoted(header));
        let missing = format.missing_trailers(header.as_bytes());
        for (name, value) in known {
            if missing
                .iter()
                .any(|missing| missing.eq_ignore_ascii_case(name))
            {
                rest.push_str(&format!(" --trailer {}", word(&format!("{name}: {value}"))));
            }
        }
        self.again("git commit", &rest)
    }
}

/// How the files of the commit under way were chosen: git hands the hook an index of its own for all
/// but what was staged before.
fn chosen(ctx: &Context<'_>) -> Typed {
    let index = ctx.env.var("GIT_INDEX_FILE").unwrap_or_default();
    let mut typed = Typed::default();
    match index.rsplit(['/', '\\']).next() {
        Some("index.lock") => typed.all = true,
        Some(name) if name.starts_with("next-index-") => {
            typed.files.push("THE-SAME-FILES".to_owned());
        }
        _ => {}
    }
    typed
}
