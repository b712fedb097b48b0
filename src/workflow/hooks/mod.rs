//! `hooks install|uninstall|status`: our hooks beside everybody else's.
//!
//! Three ways lead from git to this program, and one of them at a time: a *file* in git's hooks
//! folder, an entry in git's *config*uration, or lines in the files of a hook manager, the *snippet*.

mod branch;
mod config;
mod everywhere;
mod file;
mod install;
mod managers;
mod place;
mod problems;
mod shim;
mod snippets;
mod status;

pub use branch::LATER as LINES_COME_LATER;
pub use config::SINCE as CONFIG_HOOKS_SINCE;
pub use everywhere::{install_everywhere, is_outside, uninstall_everywhere};
pub use install::{Install, install, install_when_unprepared, uninstall};
pub use managers::Manager;
pub use shim::GUARD;
pub use snippets::Snippet;
pub use status::status;

use super::{Code, Context, Error, Result};
use crate::git::ConfigScope;
use crate::record::Finding;
use place::Place;
use serde::Serialize;
use std::path::PathBuf;

/// The events we take part in where people work.
pub const EVENTS: [&str; 3] = ["commit-msg", "prepare-commit-msg", "pre-push"];

/// The events we take part in on a server.
pub const SERVER_EVENTS: [&str; 2] = ["pre-receive", "post-receive"];

/// How git gets to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A shim in git's hooks folder.
    File,
    /// An entry in git's configuration.
    Config,
    /// Lines in a hook manager's files.
    Snippet,
}

/// What stands in an event's place in git's hooks folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing.
    Missing,
    /// Our shim, as this version writes it.
    Installed,
    /// Our shim of another version, or for a program that stands elsewhere.
    Outdated,
    /// Somebody else's.
    Foreign,
}

/// Something that calls us for an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Caller {
    /// What kind of a thing.
    pub mode: Mode,
    /// Its file, for a shim or a snippet.
    pub file: Option<PathBuf>,
    /// Its level, for an entry in the configuration.
    pub scope: Option<ConfigScope>,
    /// Its name, for an entry in the configuration.
    pub name: Option<String>,
    /// Whose file it is in, for a snippet; who runs it, for a shim that a manager has put aside.
    pub manager: Option<Manager>,
    /// This git runs it, and it is not silenced by another.
    pub runs: bool,
}

/// One event's hook.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Hook {
    /// The event.
    pub event: &'static str,
    /// What stands in its place in git's hooks folder.
    pub state: State,
    /// A hook of somebody else runs first.
    pub chained: bool,
    /// The file in its place may be run.
    pub executable: bool,
    /// All that calls us for it; more than one that runs is one too many.
    pub callers: Vec<Caller>,
}

impl Hook {
    /// What calls us, and is run by this git.
    pub fn running(&self) -> impl Iterator<Item = &Caller> {
        self.callers.iter().filter(|caller| caller.runs)
    }

    /// A manager's own lines call us.
    fn is_by_snippet(&self) -> bool {
        self.running().any(|caller| caller.mode == Mode::Snippet)
    }
}

/// Where the hooks stand, and what was done.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The folder git looks into; nothing when `core.hooksPath` names none.
    pub folder: Option<PathBuf>,
    /// That folder is this repository's own.
    pub writable: bool,
    /// The version of git.
    pub git: String,
    /// How git gets to us now.
    pub mode: Option<Mode>,
    /// Each event.
    pub hooks: Vec<Hook>,
    /// The hook managers that are set up here.
    pub managers: Vec<Manager>,
    /// What is wrong, each with the command that mends it.
    pub problems: Vec<Finding>,
    /// What to put into a manager's files, when that was asked for.
    pub snippets: Vec<Snippet>,
    /// The events whose hooks were written or removed.
    pub changed: Vec<&'static str>,
    /// The mode that was left for another.
    pub left: Option<Mode>,
    /// Nothing was done, only looked at.
    pub dry_run: bool,
}

/// The events that matter in this repository.
fn events(ctx: &Context<'_>) -> &'static [&'static str] {
    if ctx.repo.is_bare() {
        &SERVER_EVENTS
    } else {
        &EVENTS
    }
}
