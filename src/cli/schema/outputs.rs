//! Which type each command says.

use crate::cli::commands as c;
use crate::workflow as w;
use serde::Serialize;

/// What a command says with `--json`. Only the types listed here can be said, each by its commands
/// only, so that a schema cannot be forgotten.
pub(in crate::cli) trait Output: Serialize {
    /// The commands; `hotfix` is the program without one.
    const COMMANDS: &'static [&'static str];
}

/// `type: commands;` A command that has several types says one of them.
macro_rules! outputs {
    ($($type:ty: $($command:literal),+;)*) => {
        $(impl Output for $type {
            const COMMANDS: &'static [&'static str] = &[$($command),+];
        })*

        /// The shapes of a command's objects.
        #[cfg(test)]
        pub(super) fn shapes(
            command: &str,
            generator: &mut schemars::SchemaGenerator,
        ) -> Vec<schemars::Schema> {
            let mut shapes = Vec::new();
            $(if <$type as Output>::COMMANDS.contains(&command) {
                shapes.push(generator.subschema_for::<crate::cli::ui::Object<'static, $type>>());
            })*
            shapes
        }
    };
}

outputs! {
    w::start::Started: "start";
    w::adopt::Adopted: "adopt";
    w::status::Report: "status", "hotfix";
    c::status::Overview: "hotfix";
    c::list::Incidents: "list";
    c::show::Shown: "show";
    w::log::Logged: "note", "severity", "impact", "mitigate", "cause", "deployed", "reopen";
    w::revert::Reverted: "revert";
    w::changes::Changes: "changes";
    w::commit::Committed: "commit";
    w::checklist::Checked: "check";
    w::gate::Verdict: "gate";
    w::verify::Report: "verify";
    w::publish::Published: "publish";
    w::lines::Report: "lines";
    w::landing::Finished: "finish";
    w::log::Resolved: "resolve";
    w::abandon::Abandoned: "abandon";
    w::edit::Edited: "edit";
    c::postmortem::Report: "postmortem";
    w::postmortem::Finalized: "postmortem";
    w::init::Prepared: "init";
    w::hooks::Report: "hooks";
    c::config::Settings<'_>: "config";
    c::config::ruleset::Ruleset: "config";
    w::doctor::Diagnosis: "doctor";
    c::tour::Played: "tour";
    w::task::Done: "task";
    w::agent::Report: "agent";
    w::announce::Announced: "announce";
    w::extras::Report: "install-extras";
    c::completions::Script: "completions";
    c::schema::Schemas: "schema";
}
