//! From the layers to the settings.

use super::keys::{self, KEYS, at};
use super::{Settings, announce, defaults, environment, file, gitflow, own, settle, tracker};
use crate::git::ConfigEntry;
use serde::Serialize;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "from", rename_all = "lowercase")]
pub enum Origin {
    /// Built in.
    Default,
    /// gitflow's key.
    Gitflow {
        /// Which.
        key: String,
    },
    /// `.hotfix.toml`.
    File {
        /// 1-based line.
        line: usize,
    },
    /// git config.
    Git {
        /// The key.
        key: String,
        /// The scope's word.
        scope: String,
    },
    /// The environment.
    Environment {
        /// The variable.
        variable: String,
    },
}

impl std::fmt::Display for Origin {
    /// As [`ConfigError::place`] names it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::Default => write!(f, "default"),
            Origin::Gitflow { key } => write!(f, "git config {key}"),
            Origin::File { line } => write!(f, ".hotfix.toml:{line}"),
            Origin::Git { key, scope } => write!(f, "git config {key} ({scope})"),
            Origin::Environment { variable } => write!(f, "{variable}"),
        }
    }
}

/// What the settings are made from: plain data.
pub struct Sources<'a> {
    /// `.hotfix.toml`'s text.
    pub file: Option<&'a str>,
    /// git's configuration in reading order.
    pub git: &'a [ConfigEntry],
    /// The environment.
    pub environment: &'a std::collections::BTreeMap<String, String>,
    /// The names of the remotes.
    pub remotes: &'a [String],
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct ConfigError {
    /// e.g. `.hotfix.toml:4` or `git config hotfix.gate (local)`.
    pub place: String,
    /// What is wrong with it.
    pub message: String,
    /// What to do, as a command when there is one.
    pub remedy: Option<String>,
    /// The known setting that has an unusable value.
    pub setting: Option<&'static str>,
}

/// What cannot be used: the first of it ends a strict reading, a lenient one goes on without.
pub(super) struct Refusals {
    strict: bool,
    errors: Vec<ConfigError>,
}

impl Refusals {
    pub(super) fn add(&mut self, error: ConfigError) -> Result<(), ConfigError> {
        if self.strict {
            return Err(error);
        }
        self.errors.push(error);
        Ok(())
    }
}

/// A setting as some layer wrote it; a setting that is no list has one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) values: Vec<String>,
    pub(super) origin: Origin,
}

/// Each setting's latest value, in the order of [`KEYS`].
pub(super) struct Layered([Raw; at::COUNT]);

impl Layered {
    fn defaults() -> Layered {
        Layered(std::array::from_fn(|place| Raw {
            values: defaults::values(place),
            origin: Origin::Default,
        }))
    }

    pub(super) fn set(&mut self, place: usize, values: Vec<String>, origin: Origin) {
        self.0[place] = Raw { values, origin };
    }

    fn reset(&mut self, place: usize) {
        self.set(place, defaults::values(place), Origin::Default);
    }

    pub(super) fn get(&self, place: usize) -> &Raw {
        &self.0[place]
    }

    pub(super) fn get_mut(&mut self, place: usize) -> &mut Raw {
        &mut self.0[place]
    }
}

/// The settings of all layers.
///
/// # Errors
/// At the first unknown key or unusable value.
pub fn load(sources: &Sources<'_>) -> Result<Settings, ConfigError> {
    read(sources, true).map(|(settings, _)| settings)
}

/// The settings of all layers, with the default for every value that cannot be used; and what that
/// was.
///
/// # Errors
/// Never in practice: the defaults can be used.
pub fn load_leniently(sources: &Sources<'_>) -> Result<(Settings, Vec<ConfigError>), ConfigError> {
    read(sources, false)
}

fn read(sources: &Sources<'_>, strict: bool) -> Result<(Settings, Vec<ConfigError>), ConfigError> {
    let mut layered = Layered::defaults();
    let mut refusals = Refusals {
        strict,
        errors: Vec::new(),
    };
    gitflow::read(sources.git, &mut layered);
    if let Some(text) = sources.file {
        file::read(text, &mut layered, &mut refusals)?;
    }
    own::read(sources.git, &mut layered, &mut refusals)?;
    environment::read(sources.environment, &mut layered, &mut refusals)?;
    // What names programs: each family of keys reads its own, and no file.
    let (tracker, private) = tracker::read(sources.git, sources.environment, &mut refusals)?;
    let announce = announce::read(sources.git, sources.environment, &mut refusals)?;
    loop {
        let error = match settle::settings(&layered, sources.remotes, &tracker) {
            Ok(mut settings) => {
                settings.origins.extend(private);
                announce.check(&settings.severities, &mut refusals)?;
                settings.announce = announce;
                return Ok((settings, refusals.errors));
            }
            Err(error) => error,
        };
        let place = error.setting.and_then(keys::place);
        match place.filter(|&place| layered.get(place).origin != Origin::Default) {
            Some(place) => {
                refusals.add(error)?;
                layered.reset(place);
            }
            None => return Err(error),
        }
    }
}

/// The values a layer without arrays wrote as one text. Items and severities hold commas, so only
/// branches and words are split at them.
pub(super) fn split(place: usize, value: &str) -> Vec<String> {
    let separators: &[char] = match place {
        at::BACK_MERGE | at::TYPES | at::TRAILERS => &[',', '\n'],
        _ if KEYS[place].list => &['\n'],
        _ => return vec![value.to_owned()],
    };
    let values = value.split(separators).map(str::trim);
    values
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}
