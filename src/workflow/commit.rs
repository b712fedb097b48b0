//! `commit`: `git commit` with the format's prefix in front.

use super::shell::quoted;
use super::{Context, Error, Result, commit_msg, trailers};
use crate::files;
use crate::policy::message::{self, Cleaning, Fault, Format, Scope, Situation};
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
    let arguments = arguments(ctx, options, &branch)?;
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

fn arguments(ctx: &Context<'_>, options: &Options, branch: &str) -> Result<Vec<OsString>> {
    let known = trailers::known(ctx, branch);
    let mut arguments: Vec<OsString> = vec!["commit".into()];
    match &options.message {
        Some(text) => {
            let message = whole_message(&ctx.settings.format, options, text, &known)?;
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
            let template = template(ctx, options.scope.as_deref(), &known)?;
            arguments.extend(["-t".into(), template.into()]);
        }
    }
    arguments.extend(options.arguments.iter().cloned());
    Ok(arguments)
}

/// A file with the prefix and the person's own template below it. A template keeps the blank at the
/// prefix's end, where the cursor goes, and git commits nothing when it is left as it is.
fn template(ctx: &Context<'_>, scope: Option<&str>, known: &[(String, String)]) -> Result<PathBuf> {
    let mut text = vec![b'\n'];
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
    let how = Cleaning {
        edited: true,
        ..commit_msg::cleaning(ctx)?
    };
    let filled = ctx.settings.format.prefilled(scope, &text, &how, known);
    let path = ctx.repo.git_dir().join("HOTFIX_TEMPLATE");
    files::write_atomic(ctx.repo.git_dir(), &path, &filled)?;
    Ok(path)
}

/// The header from the first line, the rest as the body, and the trailers that are known.
fn whole_message(
    format: &Format,
    options: &Options,
    text: &str,
    known: &[(String, String)],
) -> Result<String> {
    let text = text.trim();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if format.says_nothing(first) {
        return Err(Error::usage("the message does not say what was done")
            .untouched("Nothing was committed.")
            .next("git hotfix commit -m \"what it does\""));
    }
    let header = format.header(options.scope.as_deref(), first);
    let rest = rest.trim();
    let whole = if rest.is_empty() {
        header
    } else {
        format!("{header}\n\n{rest}")
    };
    let whole = format.with_trailers(&whole, known);
    let situation = Situation {
        merging: false,
        local: true,
    };
    match message::fault(whole.as_bytes(), situation, format) {
        Some(fault) if fault.trailer.is_none() || !adds_trailers(&options.arguments) => {
            Err(unfit(format, fault))
        }
        _ => Ok(whole),
    }
}

/// git commit itself is asked for a trailer; whether it is the right one, the hook judges.
fn adds_trailers(arguments: &[OsString]) -> bool {
    let asks = |word: &str| word.starts_with("--trailer") || word == "--signoff" || word == "-s";
    arguments.iter().filter_map(|word| word.to_str()).any(asks)
}

fn unfit(format: &Format, fault: Fault) -> Error {
    let next = match &fault.trailer {
        Some(name) => format!("git hotfix commit -m \"what it does\" -- --trailer \"{name}: …\""),
        None if format.scope == Scope::Required && !fault.text.contains('(') => {
            "git hotfix commit --scope auth -m \"what it does\"".to_owned()
        }
        None => "git hotfix commit -m \"what it does\"".to_owned(),
    };
    Error::usage(fault.reason)
        .untouched("Nothing was committed.")
        .next(next)
}

/// Where no hook is installed nobody has judged what the editor gave.
fn warn_of_format(ctx: &Context<'_>, message: &[u8], merging: bool) {
    let situation = Situation {
        merging,
        local: true,
    };
    let Some(fault) = message::fault(message, situation, &ctx.settings.format) else {
        return;
    };
    let amend = match (&fault.trailer, &fault.expected) {
        (Some(_), Some(line)) => format!("git commit --amend --no-edit --trailer {}", quoted(line)),
        (None, Some(header)) => format!("git commit --amend -m {}", quoted(header)),
        (_, None) => "git commit --amend".to_owned(),
    };
    ctx.warn(format!(
        "the message has not the hotfix format ({}): {amend}",
        fault.reason
    ));
}
