//! git config's `hotfix.*`.

use super::keys::{KEYS, nearest, place_of_word};
use super::layers::{ConfigError, Layered, Origin, Refusals, split};
use super::{announce, tracker};
use crate::git::{ConfigEntry, ConfigScope};

/// Reads git's configuration. A list is what one scope says, one value a line; a later scope
/// replaces it, and as in git's own lists an empty value forgets what came before.
pub(super) fn read(
    git: &[ConfigEntry],
    layered: &mut Layered,
    refusals: &mut Refusals,
) -> Result<(), ConfigError> {
    let mut begun: Vec<(usize, ConfigScope)> = Vec::new();
    for entry in git {
        let Some(name) = entry.name.strip_prefix("hotfix.") else {
            continue;
        };
        if is_private(name) {
            continue;
        }
        let Some(place) = place_of_word(name) else {
            refusals.add(unknown(entry, no_setting(name, nearest(name))))?;
            continue;
        };
        let origin = Origin::Git {
            key: entry.name.clone(),
            scope: entry.scope.to_string(),
        };
        let values = split(place, &entry.value);
        let list = (place, entry.scope);
        let continues = KEYS[place].list && !entry.value.is_empty();
        if continues && begun.contains(&list) {
            layered.get_mut(place).values.extend(values);
        } else {
            layered.set(place, values, origin);
            begun.push(list);
        }
    }
    Ok(())
}

/// Families of keys that only git config and the environment have; each reads its own.
fn is_private(name: &str) -> bool {
    tracker::is_of(name) || announce::is_of(name)
}

/// A key of git config that is no setting: why, and the command that takes it out.
pub(super) fn unknown(entry: &ConfigEntry, message: String) -> ConfigError {
    let scope = entry.scope;
    let origin = Origin::Git {
        key: entry.name.clone(),
        scope: scope.to_string(),
    };
    let unset = || format!("git config --{scope} --unset-all {}", entry.name);
    ConfigError {
        place: origin.to_string(),
        message,
        // What `git -c` says is gone with the command.
        remedy: (scope != ConfigScope::Command).then(unset),
        setting: None,
    }
}

/// A name that no setting has, and the one that may be meant.
pub(super) fn no_setting(name: &str, nearest: &str) -> String {
    format!("unknown setting '{name}'; the nearest is '{nearest}'")
}
