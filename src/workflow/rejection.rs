//! A message that was refused: kept, with the command that commits it as it should be.

use super::shell::{quoted, word};
use super::{Context, Result, trailers};
use crate::files;
use crate::policy::message::{self, Cleaning, Fault};
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
    if empty {
        return Ok(Rejection {
            fault,
            kept: None,
            retry: under_way.with_words(ctx, "…", &known),
            empty,
        });
    }
    if let Some(header) = text.and_then(|text| mended(ctx, text, &fault, &known)) {
        return Ok(Rejection {
            fault,
            kept: None,
            retry: under_way.with_words(ctx, &header, &known),
            empty,
        });
    }
    let kept = ctx.repo.git_dir().join("HOTFIX_REJECTED_MSG");
    let whole = format.completed(cleaned, &known);
    files::write_atomic(ctx.repo.git_dir(), &kept, &whole)?;
    // An editor's cleaning would take lines for comments that git has kept so far.
    let keeps = !how.edited && message::has_comments(cleaned, how);
    let cleanup = if keeps { "--cleanup=scissors " } else { "" };
    let from = format!("{cleanup}-e -F {}", quoted(&kept.to_string_lossy()));
    Ok(Rejection {
        fault,
        retry: under_way.again("git commit", &from),
        kept: Some(kept),
        empty,
    })
}

/// A missing trailer's line, when its value is known.
fn with_value(fault: &Fault, known: &[(String, String)]) -> Option<String> {
    let name = fault.trailer.as_ref()?;
    let value = known
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    value.map(|(_, value)| format!("{name}: {value}"))
}

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
        && !header.contains("(<scope>)")
        && format.missing_trailers(whole.as_bytes()).is_empty();
    right.then(|| header.to_owned())
}

/// The commit that is refused: how its files were chosen, and what git is in the middle of.
struct UnderWay {
    chosen: Chosen,
    /// It replaces the commit before it.
    amends: bool,
    /// A rebase waits for it.
    rebasing: bool,
}

/// How the files of the commit under way were chosen. git hands the hook an index of its own for
/// all but what was staged before.
enum Chosen {
    Staged,
    All,
    Named,
}

impl UnderWay {
    fn now(ctx: &Context<'_>) -> UnderWay {
        let index = ctx.env.var("GIT_INDEX_FILE").unwrap_or_default();
        let chosen = match index.rsplit(['/', '\\']).next() {
            Some("index.lock") => Chosen::All,
            Some(name) if name.starts_with("next-index-") => Chosen::Named,
            _ => Chosen::Staged,
        };
        // A rebase names what it does; a person's own commit in the middle of one is not its.
        let action = ctx.env.var("GIT_REFLOG_ACTION").unwrap_or_default();
        let rewords = ["reword", "squash", "fixup"]
            .iter()
            .any(|word| action.contains(word));
        let typed = ctx.env.parent_arguments().unwrap_or_default();
        let mut options = typed.iter().take_while(|word| *word != "--");
        UnderWay {
            chosen,
            amends: rewords || options.any(|word| word == "--amend"),
            rebasing: action.starts_with("rebase"),
        }
    }

    /// A commit command that chooses the same.
    fn again(&self, command: &str, rest: &str) -> String {
        let amend = if self.amends { " --amend" } else { "" };
        let committed = match self.chosen {
            Chosen::Staged => format!("{command}{amend} {rest}"),
            Chosen::All => format!("{command}{amend} -a {rest}"),
            Chosen::Named => format!("{command}{amend} {rest} -- <the same files>"),
        };
        match self.rebasing {
            true => format!("{committed} && git rebase --continue"),
            false => committed,
        }
    }

    /// The command for a message of one line: the short form where nothing gets lost on its way, as a
    /// scope or a `!` would, and as `--amend` is no option of it.
    fn with_words(&self, ctx: &Context<'_>, header: &str, known: &[(String, String)]) -> String {
        let format = &ctx.settings.format;
        let words = format.description(header);
        let full = format.header(None, &words);
        if !self.amends && (header == "…" || header == full) {
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
