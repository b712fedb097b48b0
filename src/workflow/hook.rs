//! `hook commit-msg` and `hook prepare-commit-msg`: messages under way, githooks(5).

use super::shell::quoted;
use super::{Context, Result};
use crate::files;
use crate::policy::message::{self, Cleaning, Cleanup, Fault, Situation};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A commit message is text that people write.
const MESSAGE_LIMIT: u64 = 4 * 1024 * 1024;

/// A message that was refused.
#[derive(Debug, Serialize)]
pub struct Rejection {
    /// What is wrong with it.
    pub fault: Fault,
    /// Where it is kept.
    pub kept: PathBuf,
    /// The command that commits it as it should be.
    pub retry: String,
}

/// Judges the message of the commit under way; nothing off a hotfix branch or when it is right.
///
/// # Errors
/// When the message cannot be read.
pub fn commit_msg(ctx: &Context<'_>, file: &Path) -> Result<Option<Rejection>> {
    if !on_hotfix_branch(ctx)? {
        return Ok(None);
    }
    let raw = files::read_bytes(&ctx.env.cwd.join(file), MESSAGE_LIMIT)?;
    let cleaned = message::clean(&raw, &cleaning(ctx)?);
    let situation = Situation {
        merging: ctx.repo.is_merging(),
        local: true,
    };
    let Some(fault) = message::fault(&cleaned, situation) else {
        return Ok(None);
    };
    let (kept, retry) = keep(ctx, file, &cleaned, &fault, &Chosen::now(ctx))?;
    Ok(Some(Rejection { fault, kept, retry }))
}

/// Puts the prefix into an empty message on a hotfix branch.
///
/// # Errors
/// When the file cannot be read or written.
pub fn prepare_commit_msg(ctx: &Context<'_>, file: &Path, source: Option<&str>) -> Result<()> {
    if !matches!(source, None | Some("" | "template")) || !on_hotfix_branch(ctx)? {
        return Ok(());
    }
    let path = ctx.env.cwd.join(file);
    let have = files::read_bytes(&path, MESSAGE_LIMIT)?;
    if message::is_begun(&have) {
        return Ok(());
    }
    let prefix = message::prefill(None);
    let filled = [prefix.as_bytes(), have.as_slice()].concat();
    let root = path.parent().unwrap_or(Path::new("."));
    Ok(files::write_atomic(root, &path, &filled)?)
}

fn on_hotfix_branch(ctx: &Context<'_>) -> Result<bool> {
    let branch = ctx.repo.branch_at_work()?;
    Ok(branch.is_some_and(|branch| branch.starts_with(&ctx.settings.prefix)))
}

fn cleaning(ctx: &Context<'_>) -> Result<Cleaning> {
    let mut comment = "#".to_owned();
    for entry in ctx.repo.config_entries()?.iter() {
        if matches!(
            entry.name.as_str(),
            "core.commentchar" | "core.commentstring"
        ) {
            comment = entry.value.clone();
        }
    }
    // git tells a hook by GIT_EDITOR=: that no editor is used, githooks(5).
    let edited = ctx.env.var("GIT_EDITOR") != Some(":");
    let mode = Cleanup::from_config(ctx.repo.config_value("commit.cleanup")?.as_deref());
    Ok(Cleaning {
        mode,
        comment,
        edited,
    })
}

/// How the files of the commit under way were chosen. git hands the hook an index of its own for
/// all but what was staged before.
enum Chosen {
    Staged,
    All,
    Named,
}

impl Chosen {
    fn now(ctx: &Context<'_>) -> Chosen {
        let index = ctx.env.var("GIT_INDEX_FILE").unwrap_or_default();
        match index.rsplit(['/', '\\']).next() {
            Some("index.lock") => Chosen::All,
            Some(name) if name.starts_with("next-index-") => Chosen::Named,
            _ => Chosen::Staged,
        }
    }

    /// A commit command that chooses the same.
    fn again(&self, command: &str, rest: &str) -> String {
        match self {
            Chosen::Staged => format!("{command} {rest}"),
            Chosen::All => format!("{command} -a {rest}"),
            Chosen::Named => format!("{command} {rest} -- <the same files>"),
        }
    }
}

/// git overwrites its own copy at the next attempt, so a message of several lines is copied.
fn keep(
    ctx: &Context<'_>,
    file: &Path,
    cleaned: &[u8],
    fault: &Fault,
    chosen: &Chosen,
) -> Result<(PathBuf, String)> {
    let text = String::from_utf8_lossy(cleaned);
    let text = text.trim_end();
    if text.lines().count() <= 1 {
        let corrected = fault.expected.as_deref().unwrap_or(text);
        let words = message::description(corrected);
        // A scope or a '!' would get lost on the way through the short form.
        let retry = if corrected == message::header(None, words) {
            chosen.again("git hotfix commit", &format!("-m {}", quoted(words)))
        } else {
            chosen.again("git commit", &format!("-m {}", quoted(corrected)))
        };
        return Ok((file.to_owned(), retry));
    }
    let kept = ctx.repo.git_dir().join("HOTFIX_REJECTED_MSG");
    files::write_atomic(ctx.repo.git_dir(), &kept, cleaned)?;
    let retry = chosen.again(
        "git commit",
        &format!("-e -F {}", quoted(&kept.to_string_lossy())),
    );
    Ok((kept, retry))
}
