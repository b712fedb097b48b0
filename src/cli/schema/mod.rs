//! The schemas of `--json`: one file a command in `docs/schemas/v1`, held here as text.
//!
//! A test makes them from the types and compares, so that they say what is really said; the program
//! carries no code for it. `docs/json.md` has the rule by which a version stays compatible.

use std::ffi::OsString;

mod outputs;

#[cfg(test)]
mod compatible;
#[cfg(test)]
mod tests;

pub(super) use outputs::Output;

/// The version of every object's shape: the number goes up when one changes incompatibly.
pub(super) const SCHEMA: &str = "git-hotfix/1";

/// A schema of this version.
pub(super) struct File {
    /// The command; `common` is what every object has, `error` what a command says that was not done.
    pub(super) name: &'static str,
    /// The schema, JSON Schema 2020-12.
    pub(super) text: &'static str,
}

macro_rules! files {
    ($($name:literal)*) => {
        &[$(File {
            name: $name,
            text: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/docs/schemas/v1/", $name, ".json"
            )),
        }),*]
    };
}

/// Every schema, those that belong to no command first.
pub(super) const FILES: &[File] = files! {
    "common" "error" "hotfix"
    "start" "adopt" "status" "list" "show" "note" "severity" "impact" "mitigate" "revert" "changes"
    "cause" "commit" "check" "gate" "verify" "publish" "lines" "finish" "deployed" "resolve" "reopen"
    "abandon" "edit" "postmortem" "init" "hooks" "config" "doctor" "tour" "task" "agent" "schema"
    "install-extras" "completions" "announce"
};

/// The command that arguments name, as far as they can be understood; else `hotfix`.
pub(super) fn command_of(arguments: &[OsString]) -> &'static str {
    let commands = || {
        FILES
            .iter()
            .map(|file| file.name)
            .filter(|name| !PARTS.contains(name))
    };
    let mut named = arguments
        .iter()
        .skip(1)
        .filter_map(|argument| commands().find(|name| *argument == **name));
    named.next().unwrap_or("hotfix")
}

/// The schemas that belong to no command.
const PARTS: [&str; 2] = ["common", "error"];

/// A schema's id: `urn:git-hotfix:1:status`.
pub(super) fn id(name: &str) -> String {
    format!("urn:{}:{name}", SCHEMA.replace('/', ":"))
}
