//! `agent`

use super::next_step;
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::table::padded;
use crate::cli::ui::{Page, Ui};
use crate::env::Env;
use crate::policy::agent::State;
use crate::workflow::agent::{self, Deed, Options, Report, Scope, Told, What};
use clap::{Args, Subcommand, ValueEnum};

/// Tell coding agents how to work on an incident
#[derive(Debug, Args)]
#[command(
    after_long_help = "'claude' is the command /hotfix of Claude Code, a file; 'agents-md' a marked \
section in AGENTS.md, which most agents read. Installed again they are brought up to date. What you \
changed in them stays, and so does everything around the section.

Examples:
  git hotfix agent install claude
  git hotfix agent install claude --user
  git hotfix agent install agents-md -n
  git hotfix agent status
  git hotfix agent remove agents-md"
)]
pub(crate) struct AgentArgs {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Write it, or bring it up to date
    Install(Place),
    /// Take it out again, and nothing else
    Remove(Place),
    /// What is installed where
    Status,
}

#[derive(Debug, Args)]
struct Place {
    /// For Claude Code, or for all agents that read AGENTS.md
    #[arg(value_name = "WHAT")]
    what: WhatName,
    /// For yourself, in every project: ~/.claude, or where CLAUDE_CONFIG_DIR says
    #[arg(long)]
    user: bool,
    /// For everybody who works here; so it is without --user
    #[arg(long, conflicts_with = "user")]
    project: bool,
    /// Though a person changed it: their lines go
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum WhatName {
    Claude,
    AgentsMd,
}

impl Place {
    fn options(&self) -> Options {
        Options {
            what: match self.what {
                WhatName::Claude => What::Claude,
                WhatName::AgentsMd => What::AgentsMd,
            },
            scope: match self.user {
                true => Scope::User,
                false => Scope::Project,
            },
            force: self.force,
            dry_run: self.dry_run.dry_run,
        }
    }
}

pub(crate) fn cmd_agent(ui: &Ui, env: &Env, args: &AgentArgs) -> CommandResult {
    let (report, warnings) = match &args.act {
        Act::Install(place) => (agent::install(env, place.options())?, Vec::new()),
        Act::Remove(place) => (agent::remove(env, place.options())?, Vec::new()),
        Act::Status => agent::status(env),
    };
    ui.say(&report, warnings, |page| match &args.act {
        Act::Status => states(page, &report),
        _ => deeds(page, &report),
    });
    Ok(0)
}

fn deeds(page: &mut Page, report: &Report) {
    let would = if report.dry_run { "would be " } else { "" };
    for told in &report.files {
        let words = match (told.deed, told.state) {
            (Some(Deed::Written), _) => format!("{would}written"),
            (Some(Deed::Updated), _) => format!("{would}brought up to date"),
            (Some(Deed::Removed), _) => format!("{would}removed"),
            (None, State::Missing) => "is not there".to_owned(),
            (None, _) => "is up to date".to_owned(),
        };
        page.did(format!("{}  {words}", told.name()));
        for line in told.lost.iter().filter(|_| told.deed.is_some()) {
            page.did(format!("  - {line}"));
        }
        let is_new = told.deed == Some(Deed::Written) && !report.dry_run;
        if is_new && told.scope == Scope::Project {
            next_step(page, &share(told), "let everybody who works here have it");
        }
    }
}

/// From whichever folder.
fn share(told: &Told) -> String {
    match told.what {
        What::Claude => "git add :/.claude/commands/hotfix.md".to_owned(),
        What::AgentsMd => "git add :/AGENTS.md".to_owned(),
    }
}

fn states(page: &mut Page, report: &Report) {
    for told in &report.files {
        let words = match told.state {
            State::Missing => "not installed",
            State::Current => "installed",
            State::Outdated => "of another version",
            State::Changed => "installed, changed by hand",
            State::Foreign => "somebody else's",
            State::Broken => "its marks do not belong together",
            State::Unreadable => "cannot be read",
        };
        let what = match (told.what, told.scope) {
            (What::Claude, Scope::User) => "claude --user",
            (what, _) => what.name(),
        };
        page.line(format!("{}  {}", padded(what, 13), told.name()));
        page.line(format!("{:15}{words}", ""));
    }
    let stale = report
        .files
        .iter()
        .find(|told| told.state == State::Outdated);
    if let Some(told) = stale {
        let user = if told.scope == Scope::User {
            " --user"
        } else {
            ""
        };
        let command = format!("git hotfix agent install {}{user}", told.what.name());
        next_step(page, &command, "bring it up to date");
    }
}
