//! `hotfix.tracker` and `hotfix.tracker.*`: read from git config and the environment alone, since they
//! name a program to run.

use super::keys::Key;
use super::layers::{ConfigError, Origin, Refusals};
use super::{own, settle};
use crate::git::ConfigEntry;
use std::collections::BTreeMap;
use std::time::Duration;

/// Where the incident's task is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Nowhere.
    #[default]
    None,
    /// ohno, below the repository.
    Ohno,
    /// GitHub's issues, by `gh`.
    GitHub,
    /// GitLab's issues, by `glab`.
    GitLab,
    /// `tracker.command`.
    Command,
}

/// Each kind by its name.
const KINDS: [(&str, Kind); 5] = [
    ("none", Kind::None),
    ("ohno", Kind::Ohno),
    ("github", Kind::GitHub),
    ("gitlab", Kind::GitLab),
    ("command", Kind::Command),
];

impl Kind {
    /// As `hotfix.tracker` has it.
    pub fn name(self) -> &'static str {
        let named = KINDS.iter().find(|(_, kind)| *kind == self);
        named.map_or("none", |(name, _)| name)
    }
}

/// The tracker and how it is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracker {
    /// `tracker`: which.
    pub kind: Kind,
    /// `tracker.command`: the shell's line of [`Kind::Command`].
    pub command: Option<String>,
    /// `tracker.npx`: ohno may be downloaded.
    pub npx: bool,
    /// `tracker.project`: the repository whose issues are meant; nothing: the remote's.
    pub project: Option<String>,
    /// `tracker.timeout`: limit of a call, 20 s.
    pub timeout: Duration,
}

/// The keys, in the order of [`at`].
const KEYS: [Key; at::COUNT] = [
    key(
        "tracker",
        "Where an incident gets a task: ohno, github, gitlab, command or none.",
    ),
    key(
        "tracker.command",
        "The command of tracker = command, a line for the shell.",
    ),
    key(
        "tracker.npx",
        "Whether npx may download ohno: true or false.",
    ),
    key(
        "tracker.project",
        "The repository whose issues are meant; empty: the remote's.",
    ),
    key(
        "tracker.timeout",
        "How long a call to the tracker may take.",
    ),
];

mod at {
    pub(super) const TRACKER: usize = 0;
    pub(super) const COMMAND: usize = 1;
    pub(super) const NPX: usize = 2;
    pub(super) const PROJECT: usize = 3;
    pub(super) const TIMEOUT: usize = 4;
    pub(super) const COUNT: usize = 5;
}

const DEFAULTS: [&str; at::COUNT] = ["none", "", "false", "", "20s"];

const fn key(name: &'static str, help: &'static str) -> Key {
    Key {
        name,
        help,
        list: false,
    }
}

/// Whether a name behind `hotfix.` is one of this file's.
pub(super) fn is_of(name: &str) -> bool {
    name.eq_ignore_ascii_case("tracker") || name.starts_with("tracker.")
}

/// Whether a variable's name behind `GIT_HOTFIX_` is one of this file's.
pub(super) fn is_variable(name: &str) -> bool {
    name == "TRACKER" || name.starts_with("TRACKER_")
}

/// A row of `git hotfix config`: the key, its value as it is shown, where it came from.
type Row = (Key, String, Origin);

/// The values that count, with where each came from.
struct Values([(String, Origin); at::COUNT]);

/// The tracker of both layers, and the rows for `git hotfix config`.
///
/// # Errors
/// At the first unknown key or unusable value, in a strict reading.
pub(super) fn read(
    git: &[ConfigEntry],
    environment: &BTreeMap<String, String>,
    refusals: &mut Refusals,
) -> Result<(Tracker, Vec<Row>), ConfigError> {
    let mut values = Values(std::array::from_fn(default));
    values.take_git(git, refusals)?;
    values.take_environment(environment, refusals)?;
    loop {
        match values.tracker() {
            Ok(tracker) => return Ok((tracker, values.rows())),
            Err((place, why)) => {
                refusals.add(unusable(place, &values.0[place].1, &why))?;
                values.0[place] = default(place);
            }
        }
    }
}

fn default(place: usize) -> (String, Origin) {
    (DEFAULTS[place].to_owned(), Origin::Default)
}

impl Values {
    fn take_git(
        &mut self,
        git: &[ConfigEntry],
        refusals: &mut Refusals,
    ) -> Result<(), ConfigError> {
        for entry in git {
            let Some(name) = entry.name.strip_prefix("hotfix.").filter(|n| is_of(n)) else {
                continue;
            };
            let origin = Origin::Git {
                key: entry.name.clone(),
                scope: entry.scope.to_string(),
            };
            match KEYS.iter().position(|key| key.name == name) {
                Some(place) => self.0[place] = (entry.value.trim().to_owned(), origin),
                None => refusals.add(own::unknown(entry, own::no_setting(name, nearest(name))))?,
            }
        }
        Ok(())
    }

    /// An empty variable is one that is not set.
    fn take_environment(
        &mut self,
        environment: &BTreeMap<String, String>,
        refusals: &mut Refusals,
    ) -> Result<(), ConfigError> {
        for (name, value) in environment {
            let ours = name.strip_prefix("GIT_HOTFIX_").is_some_and(is_variable);
            if !ours || value.is_empty() {
                continue;
            }
            let origin = Origin::Environment {
                variable: name.clone(),
            };
            match KEYS.iter().position(|key| variable(key.name) == *name) {
                Some(place) => self.0[place] = (value.trim().to_owned(), origin),
                None => refusals.add(unknown_variable(name))?,
            }
        }
        Ok(())
    }

    fn tracker(&self) -> Result<Tracker, (usize, String)> {
        let text = |place: usize| self.0[place].0.as_str();
        let optional = |place: usize| Some(text(place).to_owned()).filter(|t| !t.is_empty());
        let written = text(at::TRACKER).to_lowercase();
        let kind = KINDS.iter().find(|(name, _)| *name == written);
        let (_, kind) = kind.ok_or_else(|| {
            let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
            (
                at::TRACKER,
                format!("'{written}' is none of {}", names.join(", ")),
            )
        })?;
        let npx = match text(at::NPX).to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => true,
            "false" | "no" | "off" | "0" | "" => false,
            other => return Err((at::NPX, format!("'{other}' is neither true nor false"))),
        };
        let project = optional(at::PROJECT);
        if let Some(project) = project.as_ref().filter(|project| !is_project(project)) {
            return Err((at::PROJECT, format!("'{project}' is not owner/name")));
        }
        let timeout = settle::parse_duration(text(at::TIMEOUT));
        let timeout = timeout.ok_or_else(|| {
            let written = text(at::TIMEOUT);
            (
                at::TIMEOUT,
                format!("'{written}' is no length of time up to an hour"),
            )
        })?;
        let command = optional(at::COMMAND);
        if *kind == Kind::Command && command.is_none() {
            return Err((at::TRACKER, "there is no hotfix.tracker.command".to_owned()));
        }
        Ok(Tracker {
            kind: *kind,
            command,
            npx,
            project,
            timeout,
        })
    }

    /// A line may hold a secret, so it is not shown.
    fn rows(&self) -> Vec<Row> {
        let row = |(place, (value, origin)): (usize, &(String, Origin))| {
            let shown = match place {
                at::COMMAND if !value.is_empty() => "(set, not shown)",
                _ => value,
            };
            (KEYS[place], shown.to_owned(), origin.clone())
        };
        self.0.iter().enumerate().map(row).collect()
    }
}

/// `owner/name`, `host/owner/name`, deeper in GitLab's groups; nothing that a program takes for an option.
fn is_project(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    text.contains('/') && !text.starts_with('-') && !text.contains(odd)
}

fn variable(name: &str) -> String {
    format!(
        "GIT_HOTFIX_{}",
        name.to_uppercase().replace(['.', '-'], "_")
    )
}

fn nearest(name: &str) -> &'static str {
    super::keys::nearest_of(name, KEYS.iter().map(|key| key.name))
}

fn unknown_variable(name: &str) -> ConfigError {
    let given = name.trim_start_matches("GIT_HOTFIX_").to_lowercase();
    let known = variable(nearest(&given.replacen('_', ".", 1)));
    ConfigError {
        place: name.to_owned(),
        message: format!("unknown setting; the nearest is '{known}'"),
        remedy: Some(format!("unset {name}")),
        setting: None,
    }
}

fn unusable(place: usize, origin: &Origin, why: &str) -> ConfigError {
    let example = match place {
        at::TRACKER => "ohno",
        at::NPX => "false",
        at::PROJECT => "owner/name",
        _ => "20s",
    };
    ConfigError {
        place: origin.to_string(),
        message: format!("{}: {why}", KEYS[place].name),
        remedy: settle::remedy(origin, KEYS[place].name, example),
        setting: Some(KEYS[place].name),
    }
}
