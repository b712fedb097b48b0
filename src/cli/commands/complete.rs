//! `complete`: what the shells' scripts call

use crate::cli::CommandResult;
use crate::cli::complete::cursor::{self, Wanted};
use crate::cli::complete::shell::{Shell, is_typeable};
use crate::cli::complete::{Values, fitting_behind, values};
use crate::cli::ui::Ui;
use crate::env::Env;
use crate::workflow::Context;
use crate::workflow::candidates::{self, Candidate, Kind};
use clap::Args;
use std::ffi::OsString;

/// What may stand at the cursor of a command line
#[derive(Debug, Args)]
pub(crate) struct CompleteArgs {
    /// The shell whose line it is
    shell: Shell,
    /// Which of the words the cursor is in, from 0; behind the last one for an empty word
    index: usize,
    /// The words behind 'git hotfix', up to the cursor
    #[arg(last = true, value_name = "WORDS")]
    words: Vec<OsString>,
}

/// More lines than this help nobody.
const MOST: usize = 1000;

/// Nobody reads an error at a keystroke: what cannot be found out is not offered.
pub(crate) fn cmd_complete(ui: &Ui, env: &Env, args: &CompleteArgs) -> CommandResult {
    let shell = args.shell;
    let word = |at: usize| {
        let word = args.words.get(at).map(|word| word.to_string_lossy());
        word.unwrap_or_default().into_owned()
    };
    let before = (0..args.index).map(|at| match shell {
        // The others have read the words that are finished.
        Shell::Bash => shell.unquoted(&word(at)).0,
        _ => word(at),
    });
    let before: Vec<String> = before.collect();
    let (typed, open) = shell.unquoted(&word(args.index));
    let mut tree = crate::cli::tree();
    tree.build();
    let wanted = cursor::wanted(&tree, &before, &typed);
    let (found, files) = found(ui, env, wanted);
    for candidate in found.iter().take(MOST) {
        ui.verbatim(&shell.line(candidate, open));
    }
    if files && found.is_empty() {
        ui.verbatim(Shell::FILES);
    }
    Ok(0)
}

/// What fits, whole words, and whether the names of files would.
fn found(ui: &Ui, env: &Env, wanted: Wanted<'_>) -> (Vec<Candidate>, bool) {
    let mut typed = wanted.typed.as_str();
    let mut before = wanted.before;
    let mut files = false;
    let mut all = wanted.words;
    match wanted.arg.map(values) {
        Some(Values::Known(values)) => all.extend(values),
        Some(Values::Repository(kind)) => {
            // The end of a range is a revision of its own.
            if let Some((from, to)) = typed.rsplit_once("..").filter(|_| kind == Kind::Revision) {
                let dot = if to.starts_with('.') { "." } else { "" };
                before.push_str(&format!("{from}..{dot}"));
                typed = &to[dot.len()..];
            }
            let context = Context::open_to_read(env, ui);
            let incident = wanted.incident.as_deref();
            let read = context.and_then(|ctx| candidates::of(&ctx, kind, incident));
            all.extend(read.unwrap_or_default().into_iter().filter_map(sayable));
        }
        Some(Values::Files) => files = true,
        Some(Values::Unknown) | None => {}
    }
    let mut found = fitting_behind(wanted.command, all, typed);
    for candidate in &mut found {
        candidate.value.insert_str(0, &before);
    }
    (found, files)
}

/// A value that can be typed: itself, or what stands for it.
fn sayable(candidate: Candidate) -> Option<Candidate> {
    let is_sayable = |value: &str| is_typeable(value) && !value.starts_with('-');
    if is_sayable(&candidate.value) {
        return Some(candidate);
    }
    let instead = candidate.instead.filter(|instead| is_sayable(instead))?;
    Some(Candidate::new(instead, candidate.value))
}
