//! `hook`: what the shims call

use crate::cli::error::finding_lines;
use crate::cli::table::width;
use crate::cli::ui::{Paint, Ui, paint};
use crate::cli::{CommandResult, REFUSED};
use crate::env::Env;
use crate::git::run_hook;
use crate::policy::message::Fault;
use crate::record::Level;
use crate::workflow::copies::fetch_command;
use crate::workflow::hook::{self, Judged};
use crate::workflow::hooks::GUARD;
use crate::workflow::receive::{self, Recorded};
use crate::workflow::rejection::Rejection;
use crate::workflow::{Context, Error, commit_msg, store};
use clap::{Args, Subcommand};
use std::io::Read;
use std::path::PathBuf;

/// What git runs; see githooks(5)
#[derive(Debug, Args)]
pub(crate) struct HookArgs {
    /// The hook that stood there before ours: runs first
    #[arg(long, value_name = "PATH")]
    chained: Option<PathBuf>,
    #[command(subcommand)]
    event: Event,
}

#[derive(Debug, Subcommand)]
enum Event {
    /// Judge the message of the commit under way
    CommitMsg {
        /// The file that holds it
        file: PathBuf,
    },
    /// Put the prefix into an empty message
    PrepareCommitMsg {
        /// The file that holds it
        file: PathBuf,
        /// Where the message comes from
        source: Option<String>,
        /// The commit, with `-c`, `-C` or `--amend`
        commit: Option<String>,
    },
    /// Judge a push
    PrePush {
        /// The remote's name, or its address
        remote: String,
        /// Its address
        url: String,
    },
    /// Judge what a push brings to this repository
    PreReceive,
    /// Write the overrides of a push that went through onto their records
    PostReceive,
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Event::CommitMsg { .. } => "commit-msg",
            Event::PrepareCommitMsg { .. } => "prepare-commit-msg",
            Event::PrePush { .. } => "pre-push",
            Event::PreReceive => "pre-receive",
            Event::PostReceive => "post-receive",
        }
    }

    /// The arguments git gave, for the hook that runs first.
    fn arguments(&self) -> Vec<std::ffi::OsString> {
        match self {
            Event::CommitMsg { file } => vec![file.into()],
            Event::PrepareCommitMsg {
                file,
                source,
                commit,
            } => {
                let rest = [source, commit].into_iter().flatten().map(Into::into);
                std::iter::once(file.into()).chain(rest).collect()
            }
            Event::PrePush { remote, url } => vec![remote.into(), url.into()],
            Event::PreReceive | Event::PostReceive => Vec::new(),
        }
    }
}

pub(crate) fn cmd_hook(ui: &Ui, env: &Env, args: &HookArgs) -> CommandResult {
    // A manager's lines call us from behind our own shim, which judges when that hook has ended.
    if args.chained.is_none() && env.var(GUARD) == Some(args.event.name()) {
        return Ok(0);
    }
    let stdin = match args.event {
        Event::PrePush { .. } | Event::PreReceive | Event::PostReceive => read_stdin()?,
        _ => Vec::new(),
    };
    if let Some(path) = &args.chained {
        let guard = [(GUARD.to_owned(), args.event.name().to_owned())];
        let code = run_hook(path, &args.event.arguments(), &guard, &stdin)?;
        if code != 0 {
            return Ok(u8::try_from(code).unwrap_or(REFUSED));
        }
    }
    let ctx = Context::open_leniently(env, ui)?;
    let done = match &args.event {
        Event::CommitMsg { file } => commit_msg::commit_msg(&ctx, file)
            .map(|refused| refused.map_or(0, |r| say_rejection(ui, &r))),
        Event::PrepareCommitMsg { file, source, .. } => {
            commit_msg::prepare_commit_msg(&ctx, file, source.as_deref()).map(|()| 0)
        }
        Event::PrePush { remote, url } => {
            hook::pre_push(&ctx, remote, url, &stdin).map(|judged| say_push(ui, &judged))
        }
        Event::PreReceive => receive::pre_receive(&ctx, &stdin).map(|judged| say_push(ui, &judged)),
        Event::PostReceive => {
            receive::post_receive(&ctx, &stdin).map(|recorded| say_recorded(ui, &recorded))
        }
    };
    // commit-msg runs for every commit, and says the same.
    if !matches!(args.event, Event::PrepareCommitMsg { .. }) {
        ui.warnings(&ctx.take_warnings());
    }
    done
}

fn read_stdin() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match std::io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Error::failed(format!(
            "git's list of refs could not be read: {error}"
        ))),
    }
}

fn say_rejection(ui: &Ui, rejection: &Rejection) -> u8 {
    let fault = &rejection.fault;
    let what = "this message does not have the hotfix format";
    let reason = format!("({})", fault.reason);
    let fits = width(&format!("hotfix: {what} {reason}")) <= ui.width;
    let between = if fits { " " } else { "\n  " };
    ui.err(&format!(
        "{} {what}{between}{reason}",
        paint(Paint::Bad, "hotfix:")
    ));
    say_place(ui, fault);
    let label = if rejection.empty {
        "Say what was done:"
    } else if rejection.corrected {
        "Your message is kept, its wrong lines put right:"
    } else {
        "Your message is kept:"
    };
    let one_line = format!("{label} {}", rejection.retry);
    if width(&one_line) <= ui.width {
        ui.err(&one_line);
    } else {
        ui.err(&format!("{label}\n  {}", rejection.retry));
    }
    if rejection.incomplete {
        ui.err("  Add the options that you had given, such as --author or --allow-empty.");
    }
    REFUSED
}

/// The line, the caret at its first wrong place, and the line as it would be right; of a line that is
/// missing, that alone.
fn say_place(ui: &Ui, fault: &Fault) {
    if let (Some(_), Some(missing)) = (&fault.trailer, &fault.expected) {
        return ui.err(&format!("  add: {missing}"));
    }
    let line = if fault.line > 1 {
        format!("line {}: ", fault.line)
    } else {
        String::new()
    };
    let room = ui.width.saturating_sub(3 + line.len()).max(ROOM);
    let (text, column) = in_view(&fault.text, fault.column, room);
    ui.err(&format!("  {line}{text}"));
    let before: String = text.chars().take(column).collect();
    let caret = " ".repeat(2 + line.len() + width(&before));
    match &fault.expected {
        None => ui.err(&format!("{caret}^")),
        Some(expected) => say_expected(ui, &caret, &in_view(expected, 0, SHOWN).0),
    }
}

/// How many characters of a wrong line are shown at least, however narrow the terminal is.
const ROOM: usize = 40;

/// How many characters of the right line are shown: it is to be copied.
const SHOWN: usize = 200;

/// What can be shown of a line with a column in view, and where that column is then.
fn in_view(text: &str, column: usize, room: usize) -> (String, usize) {
    let length = text.chars().take(column + room + 1).count();
    let start = match column + room / 4 >= room {
        true => column - room / 2,
        false => 0,
    };
    if length <= room {
        return (text.to_owned(), column);
    }
    let front = if start > 0 { "…" } else { "" };
    let mut shown: String = text.chars().skip(start).take(room).collect();
    if length > start + room {
        shown.push('…');
    }
    (
        format!("{front}{shown}"),
        column - start + front.chars().count(),
    )
}

/// Beside the caret, or below it where the line would not fit.
fn say_expected(ui: &Ui, caret: &str, expected: &str) {
    let beside = format!("{caret}^ expected: {expected}");
    if width(&beside) <= ui.width {
        ui.err(&beside);
    } else {
        ui.err(&format!("{caret}^\n  expected: {expected}"));
    }
}

/// The person who pushes sees it behind `remote:`.
fn say_recorded(ui: &Ui, recorded: &Recorded) -> u8 {
    for noted in &recorded.done {
        let id = noted.incident.as_deref().unwrap_or_default();
        ui.err(&format!(
            "hotfix: the override is on the record of {id}, as {}'s",
            noted.who
        ));
        ui.err("  To take it in (the next command that records merges it):");
        ui.err(&format!(
            "  {}",
            fetch_command("origin", &store::ref_name(id), id)
        ));
    }
    for noted in &recorded.kept {
        ui.err(&format!(
            "hotfix: {}'s override is noted in hotfix/overrides on the server: the record is not there",
            noted.who
        ));
    }
    0
}

fn say_push(ui: &Ui, judged: &Judged) -> u8 {
    if let Some(reason) = &judged.overridden {
        ui.err(&format!("hotfix: past the gate, on the record: {reason}"));
        for finding in judged
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Block)
        {
            ui.err(&format!("  skipped: {}", finding.message));
        }
        return 0;
    }
    if judged
        .findings
        .iter()
        .any(|finding| finding.level == Level::Warn)
    {
        ui.err(match judged.deploys {
            true => "hotfix: goes to production, though this does not hold:",
            false => "hotfix: shared, but not ready to deploy yet",
        });
    }
    finding_lines(&judged.told())
        .iter()
        .for_each(|line| ui.err(line));
    0
}

#[cfg(test)]
mod tests {
    use super::in_view;
    use proptest::prelude::*;

    #[test]
    fn a_long_line_is_cut_around_the_caret() {
        assert_eq!(in_view("fix: x", 5, 8), ("fix: x".to_owned(), 5));
        assert_eq!(in_view("0123456789", 2, 8), ("01234567…".to_owned(), 2));
        assert_eq!(in_view("0123456789", 9, 8), ("…56789".to_owned(), 5));
    }

    proptest! {
        #[test]
        fn the_column_stays_at_its_character(text in "[a-z面试]{0,60}", column in 0usize..60, room in 4usize..40) {
            let column = column.min(text.chars().count());
            let (shown, at) = in_view(&text, column, room);
            prop_assert!(shown.chars().count() <= room + 2);
            prop_assert!(at <= room + 1);
            prop_assert_eq!(shown.chars().nth(at), text.chars().nth(column));
        }
    }
}
