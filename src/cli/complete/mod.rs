//! What may stand at the cursor of a command line, read off the clap tree.
//!
//! The shells' scripts are a few lines that ask `git hotfix complete`; all that is known of commands
//! and options is the tree, and all that is known of values is [`KINDS`].

pub(super) mod cursor;
pub(super) mod shell;

use crate::cli::schema::FILES;
use crate::workflow::candidates::{Candidate, Kind};
use clap::{Arg, ValueHint};

/// Which values an argument takes, by the name it gives its value (`value_name`). A new argument
/// gets a completer by a name that stands here.
const KINDS: [(&str, Kind); 12] = [
    ("ID", Kind::Incident),
    ("ITEM", Kind::Item),
    ("BRANCH", Kind::Branch),
    ("LINE", Kind::Branch),
    ("REVISION", Kind::Revision),
    ("REV", Kind::Revision),
    ("RANGE", Kind::Revision),
    ("GOOD..BAD", Kind::Revision),
    ("COMMIT", Kind::Commit),
    ("SEVERITY", Kind::Severity),
    ("STYLE", Kind::Style),
    ("DESTINATION", Kind::Destination),
];

/// Where an argument's values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Values {
    /// The argument lists them.
    Known(Vec<Candidate>),
    /// The repository has them.
    Repository(Kind),
    /// The file system has them: the shell knows best.
    Files,
    /// Only the person has them.
    Unknown,
}

/// Where the values of an argument come from.
pub(super) fn values(arg: &Arg) -> Values {
    let known = arg.get_possible_values();
    let shown = known.iter().filter(|value| !value.is_hide_set());
    let shown: Vec<Candidate> = shown
        .map(|value| {
            let help = value.get_help().map(ToString::to_string);
            Candidate::new(value.get_name(), help.unwrap_or_default())
        })
        .collect();
    if !shown.is_empty() {
        return Values::Known(shown);
    }
    let name = value_name(arg);
    match KINDS.iter().find(|(known, _)| *known == name) {
        Some((_, kind)) => Values::Repository(*kind),
        None if name == "COMMAND" => Values::Known(commands()),
        None if name == "FILE" || arg.get_value_hint() != ValueHint::Unknown => Values::Files,
        None => Values::Unknown,
    }
}

/// What has a schema.
fn commands() -> Vec<Candidate> {
    let names = FILES.iter().map(|file| file.name);
    names.map(|name| Candidate::new(name, "")).collect()
}

/// What the argument calls its value.
pub(super) fn value_name(arg: &Arg) -> &str {
    let names = arg.get_value_names().unwrap_or_default();
    names.first().map_or("", |name| name.as_str())
}

/// What is as often asked of incidents that are over; the other commands go on with an open one.
const OVER_AS_WELL: [&str; 4] = ["postmortem", "reopen", "show", "status"];

/// As [`fitting`]. Behind a command that goes on with an incident, those that are over are offered only
/// where no open one fits.
pub(super) fn fitting_behind(
    command: Option<&str>,
    candidates: Vec<Candidate>,
    typed: &str,
) -> Vec<Candidate> {
    if command.is_some_and(|command| !OVER_AS_WELL.contains(&command)) {
        let open = candidates.iter().filter(|candidate| !candidate.over);
        let open = fitting(open.cloned().collect(), typed);
        if !open.is_empty() {
            return open;
        }
    }
    fitting(candidates, typed)
}

/// Those that begin with what was typed; else the only one that holds it, in any case of letters.
/// (Of several a shell would replace what was typed by what they have in common.)
fn fitting(candidates: Vec<Candidate>, typed: &str) -> Vec<Candidate> {
    let begins = |candidate: &Candidate| candidate.value.starts_with(typed);
    if candidates.iter().any(begins) {
        return candidates.into_iter().filter(|c| begins(c)).collect();
    }
    let typed = typed.to_lowercase();
    let holds = |candidate: &Candidate| candidate.value.to_lowercase().contains(&typed);
    let mut holding: Vec<Candidate> = candidates.into_iter().filter(holds).collect();
    if holding.len() > 1 {
        holding.retain(|candidate| candidate.value.to_lowercase().starts_with(&typed));
    }
    holding
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Command;

    /// Values that nobody but the person knows.
    const FREE: [&str; 10] = [
        "DESCRIPTION",
        "GIT COMMIT ARGUMENTS",
        "KEY",
        "NAME",
        "NUMBER",
        "REASON",
        "SCOPE",
        "TEXT",
        "TIME",
        "VERSION",
    ];

    #[test]
    fn every_argument_has_a_completer_or_is_known_to_have_none() {
        check(&crate::cli::tree());
    }

    fn check(command: &Command) {
        for arg in command
            .get_arguments()
            .filter(|a| a.get_action().takes_values())
        {
            let name = value_name(arg);
            let free = FREE.contains(&name);
            assert!(
                values(arg) != Values::Unknown || free,
                "{} {}: nothing is offered for <{name}>; give it a value_name of KINDS, or add it to FREE",
                command.get_name(),
                arg.get_id()
            );
        }
        let shown = command.get_subcommands().filter(|c| !c.is_hide_set());
        shown.for_each(check);
    }

    fn fit(values: &[&str], typed: &str) -> Vec<String> {
        let values = values.iter().map(|value| Candidate::new(*value, ""));
        let fitting = fitting(values.collect(), typed);
        fitting.into_iter().map(|fits| fits.value).collect()
    }

    #[test]
    fn a_part_of_a_value_is_enough_when_only_one_has_it() {
        let ids = ["2026-11-22-login-is-down", "2026-11-23-cart-is-down"];
        assert_eq!(fit(&ids, "2026"), ids);
        assert_eq!(fit(&ids, "Login"), ids[..1]);
        assert_eq!(fit(&ids, "is-down"), [""; 0]);
        let items = [
            "Fix tested locally",
            "Fix tested in staging",
            "Rollback plan ready",
        ];
        assert_eq!(fit(&items, "fix"), items[..2]);
        assert_eq!(fit(&items, "ready"), items[2..]);
    }
}
