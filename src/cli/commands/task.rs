//! `task`

use super::{clock, next_step};
use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::Context;
use crate::workflow::task::{self, Done, Pending, View};
use clap::{Args, Subcommand};

/// Show the incident's task in the tracker, or see to it
#[derive(Debug, Args)]
#[command(
    after_long_help = "The tracker is git config's hotfix.tracker: ohno, github, gitlab, command \
or none. 'start' has the task made and nobody waits for it; 'resolve' has it done, with notes from the \
record.

Examples:
  git config hotfix.tracker ohno
  git hotfix task retry
  git hotfix task link task-d954a355"
)]
pub(crate) struct TaskArgs {
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Tell the tracker now, and wait for what it says
    Retry,
    /// Write a task that is there onto the record
    Link {
        /// Its id, or its address
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Take the task off the record; the tracker keeps it
    Unlink,
}

pub(crate) fn cmd_task(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &TaskArgs,
) -> CommandResult {
    let done = match &args.act {
        None => task::view_of(ctx, given),
        Some(Act::Retry) => task::retry(ctx, given),
        Some(Act::Link { id }) => task::link(ctx, given, id),
        Some(Act::Unlink) => task::unlink(ctx, given),
    }?;
    ui.say(&done, ctx.take_warnings(), |page| {
        let Done { incident, task } = &done;
        match task {
            Some(task) => {
                page.line(task_words(ctx, task));
                page.hint(format!("  of {incident}"));
            }
            None => {
                page.line(format!("{incident} has no task"));
                next_step(
                    page,
                    "git hotfix task link <id>",
                    "name the one that is there",
                );
            }
        }
        if task.as_ref().is_some_and(is_stuck) {
            next_step(page, "git hotfix task retry", "once that is mended");
        }
    });
    Ok(0)
}

fn is_stuck(task: &View) -> bool {
    let trouble = |pending: &Pending| pending.trouble.is_some();
    task.pending.as_ref().is_some_and(trouble)
}

/// `task-d954a355 (ohno)`, `ohno: being created`, and what is in the way.
pub(super) fn task_words(ctx: &Context<'_>, task: &View) -> String {
    let tracker = task.tracker.as_deref();
    let mut words = match (&task.id, tracker) {
        (Some(id), Some(tracker)) => format!("{id} ({tracker})"),
        (Some(id), None) => id.clone(),
        (None, tracker) => tracker.unwrap_or("no tracker").to_owned(),
    };
    if let Some(url) = &task.url {
        words = format!("{words} {url}");
    }
    let Some(pending) = &task.pending else {
        return words;
    };
    let Some(trouble) = &pending.trouble else {
        let doing = if pending.create {
            "being created"
        } else {
            "being told"
        };
        return format!("{words}: {doing}");
    };
    let again = match pending.due {
        Some(due) => format!("again at {}", clock(ctx, due)),
        None => "not tried again".to_owned(),
    };
    let what = if pending.create {
        "not created"
    } else {
        "not told"
    };
    format!("{words}: {what}, {again}: {trouble}")
}
