//! Settings: every layer, each value with where it came from.
//!
//! Later wins: defaults, gitflow's keys, `.hotfix.toml`, git config `hotfix.*`, environment
//! `GIT_HOTFIX_*`, flags.

pub mod announce;
mod defaults;
mod environment;
mod file;
mod gitflow;
mod keys;
mod layers;
mod own;
mod settle;
#[cfg(test)]
mod tests;
pub mod tracker;

pub use defaults::{default_of, sample};
pub use keys::{KEYS, Key};
pub use layers::{ConfigError, Origin, Sources, load, load_leniently};

use crate::policy::forge;
use crate::policy::gate::{GateMode, LandingMode};
use crate::policy::message::Format;
use crate::policy::severity::Severities;
use crate::policy::style::Style;
use crate::policy::updates::Updates;
use std::time::Duration;

/// The settings that count.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// `production`: the production branch; nothing: the remote's default branch.
    pub production: Option<String>,
    /// `back-merge`: branches that get the fix beside production.
    pub back_merge: Vec<String>,
    /// `remote`: the remote to work with; nothing: the production branch's, `origin`, or the only one.
    pub remote: Option<String>,
    /// `prefix` of hotfix branches, `hotfix/`.
    pub prefix: String,
    /// `postmortems`: the records' folder, `.claude/postmortems`.
    pub postmortems: String,
    /// `timeout`: limit of a fetch, 10 s.
    pub timeout: Duration,
    /// `push-timeout`: limit of a push, 120 s.
    pub push_timeout: Duration,
    /// `gate`: block, warn, off.
    pub gate: GateMode,
    /// `landing`: merge, pull-request.
    pub landing: LandingMode,
    /// `checklist`: the deploy items.
    pub checklist: Vec<String>,
    /// `sections`: titles of further sections of a record.
    pub sections: Vec<String>,
    /// `severities`, gravest first.
    pub severities: Severities,
    /// `tag-prefix`: in front of a version that `--tag` was given without one, from gitflow's
    /// `versiontag`; empty by default.
    pub tag_prefix: String,
    /// `hooks`: `start` installs them where none stand.
    pub auto_hooks: bool,
    /// `types`, `scope`, `tag`, `subject-length`, `trailers`: the format of a commit message.
    pub format: Format,
    /// `release-branches`: patterns of branches that get the fix while they are open.
    pub release_branches: Vec<String>,
    /// `style`: merge, squash, fast-forward.
    pub style: Style,
    /// `lines`: patterns of the maintained lines.
    pub lines: Vec<String>,
    /// `forge`: what the remote's host is; nothing: by its name.
    pub forge: forge::Setting,
    /// `updates`: how often stakeholders hear of an incident.
    pub updates: Updates,
    /// `announce.*`: where updates go.
    pub announce: announce::Announce,
    /// `tracker` and `tracker.*`: where the incident gets a task.
    pub tracker: tracker::Tracker,
    /// What each value is and where it came from, in the order of [`KEYS`], then those
    /// which no tracked file can set.
    pub origins: Vec<(Key, String, Origin)>,
}
