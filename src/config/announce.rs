//! `hotfix.announce.*`: read from git config and the environment alone, since they name addresses and
//! programs. No word that is said of them holds one.

mod draft;
#[cfg(test)]
mod tests;

use super::keys::nearest_of;
use super::layers::{ConfigError, Origin, Refusals};
use super::own;
use crate::git::{ConfigEntry, ConfigScope};
use crate::policy::announce::Destination;
use crate::policy::announce::auto::Rule;
use crate::policy::secret::Secret;
use crate::policy::severity::Severities;
use draft::{Draft, KEYS};
use std::collections::BTreeMap;

const FAMILY: &str = "announce";
const AUTO: &str = "hotfix.announce.auto";
const VARIABLES: &str = "GIT_HOTFIX_ANNOUNCE_";
const AUTO_VARIABLE: &str = "GIT_HOTFIX_ANNOUNCE_AUTO";

/// Where updates go, and which go by themselves.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Announce {
    /// Where updates go, by name.
    pub destinations: Vec<Destination>,
    /// The names of those whose settings cannot be used.
    pub broken: Vec<String>,
    /// `announce.auto`.
    pub auto: Vec<Rule>,
    /// What `git hotfix config` shows.
    pub rows: Vec<Row>,
}

/// A line of `git hotfix config`.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// `announce.slack`
    pub name: String,
    /// Its kind, never its address.
    pub value: String,
    /// Where its address or command came from.
    pub origin: Origin,
}

impl Announce {
    /// Adds a refusal when a rule names a severity that there is not: it would never match.
    pub(super) fn check(
        &self,
        severities: &Severities,
        refusals: &mut Refusals,
    ) -> Result<(), ConfigError> {
        let names = self.auto.iter().flat_map(Rule::severities);
        let unknown = names.filter(|name| severities.find(name).is_none());
        let origin = self.rows.iter().find(|row| row.name == "announce.auto");
        for (name, row) in unknown.zip(origin.into_iter().cycle()) {
            refusals.add(ConfigError {
                place: row.origin.to_string(),
                message: format!("announce.auto: '{name}' is not a severity"),
                remedy: None,
                setting: None,
            })?;
        }
        Ok(())
    }
}

/// Whether a name behind `hotfix.` is one of this file's.
pub(super) fn is_of(name: &str) -> bool {
    name.split('.').next() == Some(FAMILY)
}

/// The same behind `GIT_HOTFIX_`.
pub(super) fn is_variable(name: &str) -> bool {
    name == "ANNOUNCE" || name.starts_with("ANNOUNCE_")
}

/// The destinations and rules of both layers.
///
/// # Errors
/// At the first unknown key or unusable value, in a strict reading.
pub(super) fn read(
    git: &[ConfigEntry],
    environment: &BTreeMap<String, String>,
    refusals: &mut Refusals,
) -> Result<Announce, ConfigError> {
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    let mut auto = Auto::default();
    for entry in git {
        let Some(name) = entry.name.strip_prefix("hotfix.").filter(|n| is_of(n)) else {
            continue;
        };
        let rest = name.strip_prefix("announce.").unwrap_or_default();
        match rest.rsplit_once('.') {
            Some((name, key)) if KEYS.contains(&key) => {
                let draft = drafts.entry(name.to_owned()).or_default();
                draft.set(key, &entry.value, origin(entry));
            }
            None if rest == "auto" => auto.set(entry),
            _ => refusals.add(unknown(entry, rest))?,
        }
    }
    variables(environment, &mut drafts, &mut auto, refusals)?;
    let mut announce = Announce::default();
    for (name, draft) in &drafts {
        match draft.destination(name) {
            Ok(destination) => {
                announce.rows.push(draft.row(name, &destination));
                announce.destinations.push(destination);
            }
            Err(error) => {
                refusals.add(error)?;
                announce.broken.push(name.clone());
            }
        }
    }
    auto.add_to(&mut announce, refusals)?;
    Ok(announce)
}

fn origin(entry: &ConfigEntry) -> Origin {
    Origin::Git {
        key: entry.name.clone(),
        scope: entry.scope.to_string(),
    }
}

/// `announce.auto`, as one scope says it.
#[derive(Default)]
struct Auto {
    values: Vec<String>,
    begun: Option<(Origin, Option<ConfigScope>)>,
}

impl Auto {
    /// As for the other lists: a later scope replaces it, an empty value forgets what came before.
    fn set(&mut self, entry: &ConfigEntry) {
        let scope = Some(entry.scope);
        let continues = self
            .begun
            .as_ref()
            .is_some_and(|(_, begun)| *begun == scope);
        if !continues || entry.value.is_empty() {
            self.values.clear();
        }
        self.values.extend(rules(&entry.value));
        self.begun = Some((origin(entry), scope));
    }

    fn add_to(self, announce: &mut Announce, refusals: &mut Refusals) -> Result<(), ConfigError> {
        let Some((origin, _)) = self.begun else {
            return Ok(());
        };
        for value in &self.values {
            match Rule::parse(value) {
                Ok(rule) => announce.auto.push(rule),
                Err(why) => refusals.add(ConfigError {
                    place: origin.to_string(),
                    message: format!("announce.auto: {why}"),
                    remedy: Some(format!("git config {AUTO} mitigated,resolved:P0,P1")),
                    setting: None,
                })?,
            }
        }
        let shown: Vec<String> = announce.auto.iter().map(Rule::to_string).collect();
        announce.rows.push(Row {
            name: "announce.auto".to_owned(),
            value: shown.join("; "),
            origin,
        });
        Ok(())
    }
}

fn rules(value: &str) -> Vec<String> {
    let rules = value.split([';', '\n']).map(str::trim);
    rules
        .filter(|rule| !rule.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `GIT_HOTFIX_ANNOUNCE_<NAME>_URL` of a destination that git config has, and `…_AUTO`.
fn variables(
    environment: &BTreeMap<String, String>,
    drafts: &mut BTreeMap<String, Draft>,
    auto: &mut Auto,
    refusals: &mut Refusals,
) -> Result<(), ConfigError> {
    let ours = environment
        .range("GIT_HOTFIX_ANNOUNCE".to_owned()..)
        .take_while(|(variable, _)| variable.starts_with("GIT_HOTFIX_ANNOUNCE"))
        .filter(|(variable, value)| {
            !value.is_empty()
                && variable
                    .strip_prefix("GIT_HOTFIX_")
                    .is_some_and(is_variable)
        });
    for (variable, value) in ours {
        let origin = Origin::Environment {
            variable: variable.clone(),
        };
        if variable == AUTO_VARIABLE {
            auto.values = rules(value);
            auto.begun = Some((origin, None));
            continue;
        }
        let mut meant = drafts
            .iter_mut()
            .filter(|(name, _)| *variable == self::variable(name))
            .peekable();
        if meant.peek().is_none() {
            refusals.add(unknown_variable(variable))?;
        }
        for (_, draft) in meant {
            draft.address_is(Secret::new(value.trim()), origin.clone());
        }
    }
    Ok(())
}

/// The variable that holds a destination's address.
fn variable(name: &str) -> String {
    let name = name.to_uppercase().replace('-', "_");
    format!("{VARIABLES}{name}_URL")
}

fn unknown(entry: &ConfigEntry, rest: &str) -> ConfigError {
    let message = match rest.rsplit_once('.') {
        Some((name, key)) => {
            let known = nearest_of(key, KEYS.into_iter());
            format!("unknown setting; the nearest is 'hotfix.announce.{name}.{known}'")
        }
        None => "unknown setting; a destination begins with hotfix.announce.<name>.type".to_owned(),
    };
    own::unknown(entry, message)
}

fn unknown_variable(variable: &str) -> ConfigError {
    ConfigError {
        place: variable.to_owned(),
        message: "it belongs to no destination; hotfix.announce.<name>.type makes one, and \
                  GIT_HOTFIX_ANNOUNCE_<NAME>_URL is its address"
            .to_owned(),
        remedy: Some(format!("unset {variable}")),
        setting: None,
    }
}
