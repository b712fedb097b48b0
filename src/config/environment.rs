//! The environment's `GIT_HOTFIX_*`.

use super::keys::{nearest, place_of_word};
use super::layers::{ConfigError, Layered, Origin, Refusals, split};
use super::{announce, tracker};
use std::collections::BTreeMap;

const PREFIX: &str = "GIT_HOTFIX_";

/// Variables that are no settings: a reason, a permission, the guard of our own hooks.
const OTHERS: [&str; 3] = ["OVERRIDE", "PUBLISH", "HOOK"];

/// Reads the environment; an empty variable is one that is not set.
pub(super) fn read(
    environment: &BTreeMap<String, String>,
    layered: &mut Layered,
    refusals: &mut Refusals,
) -> Result<(), ConfigError> {
    let ours = environment
        .range(PREFIX.to_owned()..)
        .map_while(|(variable, value)| Some((variable, variable.strip_prefix(PREFIX)?, value)));
    for (variable, name, value) in ours {
        if value.is_empty() || OTHERS.contains(&name) || is_private(name) {
            continue;
        }
        let Some(place) = place_of_word(name) else {
            refusals.add(unknown(variable, name))?;
            continue;
        };
        let origin = Origin::Environment {
            variable: variable.clone(),
        };
        layered.set(place, split(place, value), origin);
    }
    Ok(())
}

/// As in git config: families of settings that read their own variables.
fn is_private(name: &str) -> bool {
    tracker::is_variable(name) || announce::is_variable(name)
}

fn unknown(variable: &str, name: &str) -> ConfigError {
    let known = nearest(name).to_uppercase().replace('-', "_");
    ConfigError {
        place: variable.to_owned(),
        message: format!("unknown setting; the nearest is '{PREFIX}{known}'"),
        remedy: Some(format!("unset {variable}")),
        setting: None,
    }
}
