//! `commit`: `git commit` with the format's prefix in front.

use super::shell::{quoted, word};
use super::{Code, Context, Error, Result, commit_msg, trailers};
use crate::files;
use crate::policy::message::{self, Cleaning, Fault, Format, Scope, Situation};
use serde::Serialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A template is text that people write.
const TEMPLATE_LIMIT: u64 = 1024 * 1024;

/// How many bytes of a message a command to type next repeats at most.
const REPEATED: usize = 500;

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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
            .code(Code::NotAHotfixBranch)
            .untouched("Nothing was committed.")
            .next("Go to one: git switch <branch>, or start one: git hotfix start \"…\""));
    }
    let arguments = arguments(ctx, options, &branch)?;
    if skips_hooks(&options.arguments) {
        return Err(past_hooks(&arguments));
    }
    let code = ctx
        .repo
        .run_interactive(&ctx.env.cwd, &arguments, options.machine_reads)?;
    let failed = |message| Error::failed(message).code(Code::GitFailed);
    if code != 0 {
        return Err(failed("git commit did not commit"));
    }
    let head = ctx.repo.commit_of("HEAD")?;
    let head = head.ok_or_else(|| failed("HEAD has no commit"))?;
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
                    .code(Code::NoTerminal)
                    .untouched("Nothing was committed.")
                    .next(completed(
                        &ctx.settings.format,
                        options,
                        "what it does",
                        &known,
                    )));
            }
            let template = template(ctx, options.scope.as_deref(), &known)?;
            arguments.extend(["-t".into(), template.into()]);
        }
    }
    arguments.extend(options.arguments.iter().cloned());
    Ok(arguments)
}

/// Whoever may run this command, a coding agent above all, may not skip hooks by it.
fn past_hooks(arguments: &[OsString]) -> Error {
    let words = arguments.iter().map(|given| word(&given.to_string_lossy()));
    let command: Vec<String> = words.collect();
    Error::refused("no hook is skipped by 'git hotfix commit'")
        .untouched("Nothing was committed.")
        .next("To go past them all, the project's own too:")
        .next(format!("git {}", command.join(" ")))
}

/// Whether git commit would leave hooks out: `--no-verify`, as much of it as says which, or `-n`, also
/// in a bundle such as `-sn`.
fn skips_hooks(arguments: &[OsString]) -> bool {
    let words = arguments.iter().map(|given| given.to_string_lossy());
    let mut options = words.take_while(|given| given != "--");
    options.any(|given| match given.strip_prefix('-') {
        Some(long) if long.starts_with('-') => {
            given.starts_with("--no-veri") && "--no-verify".starts_with(&*given)
        }
        // What follows these letters is their value.
        Some(short) => short
            .chars()
            .take_while(|letter| !"mFCctSuU".contains(*letter))
            .any(|letter| letter == 'n'),
        None => false,
    })
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
            .code(Code::MessageFormat)
            .untouched("Nothing was committed.")
            .next(completed(format, options, "what it does", known)));
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
            Err(unfit(format, fault, options, text, known))
        }
        _ => Ok(whole),
    }
}

/// git commit itself is asked for a trailer; whether it is the right one, the hook judges.
fn adds_trailers(arguments: &[OsString]) -> bool {
    let asks = |word: &str| word.starts_with("--trailer") || word == "--signoff" || word == "-s";
    arguments.iter().filter_map(|word| word.to_str()).any(asks)
}

fn unfit(
    format: &Format,
    fault: Fault,
    options: &Options,
    text: &str,
    known: &[(String, String)],
) -> Error {
    let words = match format.fits(&fault.text) && text.len() <= REPEATED {
        true => text,
        false => "…",
    };
    Error::usage(fault.reason)
        .code(Code::MessageFormat)
        .untouched("Nothing was committed.")
        .next(completed(format, options, words, known))
}

/// The command with all that was given, and a `…` wherever the format asks for more.
fn completed(
    format: &Format,
    options: &Options,
    words: &str,
    known: &[(String, String)],
) -> String {
    let mut command = "git hotfix commit".to_owned();
    let mut rest = options.arguments.as_slice();
    if let [first, others @ ..] = rest
        && *first == "-a"
    {
        command.push_str(" -a");
        rest = others;
    }
    let given = options.scope.clone();
    let scoped = |header: &str| {
        header
            .split(':')
            .next()
            .is_some_and(|front| front.contains('('))
    };
    let scope = match format.scope {
        Scope::Forbidden => None,
        Scope::Required if !scoped(&format.header(given.as_deref(), words)) => Some("…".to_owned()),
        Scope::Required | Scope::Optional => given,
    };
    if let Some(scope) = scope {
        command.push_str(&format!(" --scope {}", quoted(&scope)));
    }
    command.push_str(&format!(" -m {}", quoted(words)));
    let more = missing(format, options, words, known);
    if !rest.is_empty() || !more.is_empty() {
        command.push_str(" --");
    }
    // What stands behind git's own `--` are files.
    let files = rest.iter().position(|given| given == "--");
    let (before, files) = rest.split_at(files.unwrap_or(rest.len()));
    let plain = |given: &[OsString]| -> Vec<String> {
        given
            .iter()
            .map(|given| word(&given.to_string_lossy()))
            .collect()
    };
    for given in [more, plain(before), plain(files)].concat() {
        command.push_str(&format!(" {given}"));
    }
    command
}

/// The trailers that neither the record nor an argument gives, as arguments.
fn missing(
    format: &Format,
    options: &Options,
    words: &str,
    known: &[(String, String)],
) -> Vec<String> {
    let header = format.header(None, words.lines().next().unwrap_or_default());
    let body = words.split_once('\n').map_or("", |(_, body)| body.trim());
    let whole = format.with_trailers(&format!("{header}\n\n{body}"), known);
    let given = |name: &str| {
        options.arguments.iter().any(|given| {
            let given = given.to_string_lossy().to_lowercase();
            let given = given.strip_prefix("--trailer=").unwrap_or(&given);
            given.starts_with(&name.to_lowercase())
        })
    };
    let missing = format.missing_trailers(whole.as_bytes()).into_iter();
    let missing = missing.filter(|name| !given(name));
    missing
        .map(|name| format!("--trailer \"{name}: …\""))
        .collect()
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
