//! `commit`: `git commit` with the format's prefix in front.

use super::shell::quoted;
use super::{Context, Error, Result};
use crate::files;
use crate::policy::message::{self, Format, Situation};
use serde::Serialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A template is text that people write.
const TEMPLATE_LIMIT: u64 = 1024 * 1024;

/// What `commit` was asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The description; nothing opens the person's editor.
    pub message: Option<String>,
    /// The scope in `fix(scope):`.
    pub scope: Option<String>,
    /// Standard output is for one JSON object.
    pub machine_reads: bool,
    /// Handed on to `git commit`.
    pub arguments: Vec<OsString>,
}

/// What was committed.
#[derive(Debug, Serialize)]
pub struct Committed {
    /// The commit's id.
    pub commit: String,
    /// Its first line.
    pub subject: String,
    /// The hotfix branch.
    pub branch: String,
}

/// Commits on the hotfix branch.
///
/// # Errors
/// Off a hotfix branch, with a message that cannot have the format, or when `git commit` fails; its
/// own words are on the screen then.
pub fn commit(ctx: &Context<'_>, options: &Options) -> Result<Committed> {
    let branch = ctx.repo.branch_at_work()?.unwrap_or_default();
    if !branch.starts_with(&ctx.settings.prefix) {
        let prefix = &ctx.settings.prefix;
        return Err(Error::usage(format!("this is not a {prefix}* branch"))
            .untouched("Nothing was committed.")
            .next("Go to one: git switch <branch>, or start one: git hotfix start \"…\""));
    }
    let arguments = arguments(ctx, options)?;
    let code = ctx
        .repo
        .run_interactive(&ctx.env.cwd, &arguments, options.machine_reads)?;
    if code != 0 {
        return Err(Error::failed("git commit did not commit"));
    }
    let head = ctx
        .repo
        .commit_of("HEAD")?
        .ok_or_else(|| Error::failed("HEAD has no commit"))?;
    let made = ctx.repo.commit(&head)?;
    warn_of_format(ctx, made.message.as_bytes(), made.parents.len() > 1);
    Ok(Committed {
        commit: head.to_string(),
        subject: made.subject().to_owned(),
        branch,
    })
}

fn arguments(ctx: &Context<'_>, options: &Options) -> Result<Vec<OsString>> {
    let mut arguments: Vec<OsString> = vec!["commit".into()];
    match &options.message {
        Some(text) => {
            let message = whole_message(&ctx.settings.format, options.scope.as_deref(), text)?;
            arguments.extend(["-m".into(), message.into()]);
        }
        None => {
            let can_edit = (ctx.env.stdin_is_terminal && ctx.env.stderr_is_terminal)
                || ctx.env.var("GIT_EDITOR").is_some();
            if !can_edit {
                return Err(Error::usage("there is no terminal to write the message in")
                    .untouched("Nothing was committed.")
                    .next("git hotfix commit -m \"what it does\""));
            }
            let prefix = ctx.settings.format.prefill(options.scope.as_deref());
            let template = template(ctx, prefix)?;
            arguments.extend(["-t".into(), template.into()]);
        }
    }
    arguments.extend(options.arguments.iter().cloned());
    Ok(arguments)
}

/// A file with the prefix and the person's own template below it. A template keeps the blank at the
/// prefix's end, where the cursor goes, and git commits nothing when it is left as it is.
fn template(ctx: &Context<'_>, prefix: String) -> Result<PathBuf> {
    let mut text = prefix.into_bytes();
    text.push(b'\n');
    if let (Some(own), Some(top)) = (
        ctx.repo.config_value("commit.template")?,
        ctx.repo.workdir(),
    ) {
        let home = ctx.env.var("HOME").unwrap_or_default();
        let own = match own.strip_prefix("~/") {
            Some(below) => Path::new(home).join(below),
            None => top.join(&own),
        };
        match files::read_bytes(&own, TEMPLATE_LIMIT) {
            Ok(own) => text.extend(own),
            Err(error) => ctx.warn(format!("commit.template is left out: {error}")),
        }
    }
    let path = ctx.repo.git_dir().join("HOTFIX_TEMPLATE");
    files::write_atomic(ctx.repo.git_dir(), &path, &text)?;
    Ok(path)
}

/// The header from the first line, the rest as the body.
fn whole_message(format: &Format, scope: Option<&str>, text: &str) -> Result<String> {
    let text = text.trim();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if format.says_nothing(first) {
        return Err(Error::usage("the message does not say what was done")
            .untouched("Nothing was committed.")
            .next("git hotfix commit -m \"what it does\""));
    }
    let header = format.header(scope, first);
    let rest = rest.trim();
    let whole = if rest.is_empty() {
        header
    } else {
        format!("{header}\n\n{rest}")
    };
    let situation = Situation {
        merging: false,
        local: true,
    };
    match message::fault(whole.as_bytes(), situation, format) {
        None => Ok(whole),
        Some(fault) => Err(Error::usage(fault.reason)
            .untouched("Nothing was committed.")
            .next("git hotfix commit -m \"what it does\"")),
    }
}

/// Where no hook is installed nobody has judged what the editor gave.
fn warn_of_format(ctx: &Context<'_>, message: &[u8], merging: bool) {
    if let Some(fault) = message::fault(
        message,
        Situation {
            merging,
            local: true,
        },
        &ctx.settings.format,
    ) {
        let expected = fault.expected.unwrap_or_default();
        ctx.warn(format!(
            "the message has not the hotfix format ({}): git commit --amend -m {}",
            fault.reason,
            quoted(&expected)
        ));
    }
}
