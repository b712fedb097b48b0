//! `postmortem`

use super::next_step;
use crate::cli::args::DryRun;
use crate::cli::error::finding_lines;
use crate::cli::ui::Ui;
use crate::cli::{CommandResult, REFUSED};
use crate::record::Level;
use crate::workflow::Context;
use crate::workflow::postmortem::{self, Checked};
use clap::{Args, Subcommand};
use serde::Serialize;

/// Check the postmortem, and commit it when it is complete
#[derive(Debug, Args)]
pub(crate) struct PostmortemArgs {
    #[command(subcommand)]
    act: Act,
}

impl PostmortemArgs {
    /// It puts something into a branch.
    pub(crate) fn commits(&self) -> bool {
        matches!(self.act, Act::Finalize { .. })
    }
}

#[derive(Debug, Subcommand)]
enum Act {
    /// What is missing, with the line and what to do
    Check {
        /// Postmortem files; without one, the incident's record
        #[arg(value_name = "FILE")]
        files: Vec<String>,
    },
    /// Commit the complete record: on the hotfix branch, or after landing on the current one
    Finalize {
        #[command(flatten)]
        dry_run: DryRun,
    },
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Report {
    postmortems: Vec<Checked>,
}

pub(crate) fn cmd_postmortem(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &PostmortemArgs,
) -> CommandResult {
    match &args.act {
        Act::Check { files } => check(ui, ctx, given, files),
        Act::Finalize { dry_run } => finalize(ui, ctx, given, dry_run.dry_run),
    }
}

fn check(ui: &Ui, ctx: &Context<'_>, given: Option<&str>, files: &[String]) -> CommandResult {
    let report = Report {
        postmortems: postmortem::check(ctx, given, files)?,
    };
    let blocks = |checked: &Checked| checked.findings.iter().any(|f| f.level == Level::Block);
    ui.say(&report, ctx.take_warnings(), |page| {
        for checked in &report.postmortems {
            let words = if blocks(checked) {
                "is not complete"
            } else {
                "is complete"
            };
            page.line(format!("{} {words}", checked.file));
            finding_lines(&checked.findings)
                .into_iter()
                .for_each(|line| page.line(line));
        }
        if files.is_empty() {
            let next = if report.postmortems.iter().any(blocks) {
                ("git hotfix edit", "write what is missing")
            } else {
                ("git hotfix postmortem finalize", "put it into the branch")
            };
            next_step(page, &ctx.command(next.0), next.1);
        }
    });
    Ok(if report.postmortems.iter().any(blocks) {
        REFUSED
    } else {
        0
    })
}

fn finalize(ui: &Ui, ctx: &Context<'_>, given: Option<&str>, dry_run: bool) -> CommandResult {
    let done = postmortem::finalize(ctx, given, dry_run)?;
    ui.say(&done, ctx.take_warnings(), |page| {
        let words = match (&done.commit, dry_run) {
            (_, true) => format!("would be committed on {}", done.branch),
            (Some(commit), false) => format!("committed on {} ({})", done.branch, commit.short()),
            (None, false) => format!("is on {} already", done.branch),
        };
        page.did(format!("{} {words}", done.file));
    });
    Ok(0)
}
