//! The program's help: commands grouped by what the person is doing.

use clap::Command;
use std::fmt::Write as _;

/// The groups, in the order of an incident.
const GROUPS: [(&str, &[&str]); 7] = [
    (
        "Triage",
        &[
            "start", "adopt", "status", "list", "show", "severity", "impact", "note", "task",
            "announce",
        ],
    ),
    ("Mitigate", &["mitigate", "revert"]),
    ("Investigate", &["changes", "cause"]),
    ("Fix", &["commit", "check", "gate", "verify", "publish"]),
    (
        "Land",
        &[
            "lines", "finish", "deployed", "resolve", "reopen", "abandon",
        ],
    ),
    ("Learn", &["edit", "postmortem"]),
    (
        "Set up",
        &[
            "init",
            "hooks",
            "config",
            "doctor",
            "agent",
            "schema",
            "install-extras",
            "completions",
            "tour",
        ],
    ),
];

/// The groups with their commands.
pub(super) fn in_groups() -> impl Iterator<Item = &'static (&'static str, &'static [&'static str])>
{
    GROUPS.iter()
}

/// clap puts a blank line before what stands behind the help.
const TEMPLATE: &str =
    "{about-with-newline}\n{usage-heading} {usage}{after-help}\n\nOptions:\n{options}";

/// Replaces clap's one list of commands by the groups.
pub(super) fn grouped(command: Command) -> Command {
    let mut text = String::new();
    for (heading, names) in GROUPS {
        let _ = writeln!(text, "{heading}:");
        for name in names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {name:<15} {about}");
        }
        text.push('\n');
    }
    text.push_str("'git hotfix <command> -h' is short, '--help' long with examples.");
    command.help_template(TEMPLATE).after_help(text)
}

#[cfg(test)]
mod tests {
    use super::GROUPS;
    use crate::cli::tree;
    use clap::Command;

    /// Each command with the words it is typed by, hidden ones left out.
    fn each(command: Command, name: &str, see: &mut impl FnMut(&str, Command)) {
        let below: Vec<Command> = command.get_subcommands().cloned().collect();
        for below in below.into_iter().filter(|below| !below.is_hide_set()) {
            let name = format!("{name} {}", below.get_name());
            each(below, &name, see);
        }
        see(name, command);
    }

    #[test]
    fn short_help_fits_eighty_columns() {
        let mut count = 0;
        let mut tree = tree().term_width(80);
        // Options of every command are handed down, and usages made.
        tree.build();
        each(tree, "git hotfix", &mut |name, command| {
            count += 1;
            let text = command.term_width(80).render_help().to_string();
            for line in text.lines() {
                assert!(line.chars().count() <= 80, "{name} -h: {line}");
            }
        });
        assert!(count > 45, "{count}");
    }

    /// clap would go on at the left edge, among the names.
    #[test]
    fn every_command_has_its_line_in_the_groups() {
        let help = tree().term_width(80).render_help().to_string();
        for name in GROUPS.iter().flat_map(|(_, names)| names.iter()) {
            let about = tree().find_subcommand(name).unwrap().get_about().cloned();
            let line = format!("\n  {name:<15} {}\n", about.unwrap_or_default());
            assert!(help.contains(&line), "{line}");
        }
    }

    /// A command that is broken by a fold cannot be pasted.
    #[test]
    fn examples_fit_eighty_columns() {
        each(tree(), "git hotfix", &mut |name, command| {
            let text = command.get_after_long_help().cloned().unwrap_or_default();
            let text = text.to_string();
            let examples = text
                .split_once("Examples:\n")
                .map_or("", |(_, below)| below);
            for line in examples.lines() {
                assert!(line.chars().count() <= 80, "{name} --help: {line}");
            }
        });
    }

    /// clap folds a paragraph where the terminal ends; one that is folded already comes out ragged.
    #[test]
    fn a_paragraph_is_one_line_for_clap_to_fold() {
        const IN_ONE: usize = 60;
        each(tree(), "git hotfix", &mut |name, command| {
            let text = command.get_after_long_help().cloned().unwrap_or_default();
            let text = text.to_string();
            let lines: Vec<&str> = text.lines().collect();
            for pair in lines.windows(2) {
                let is_prose = |line: &str| !line.is_empty() && !line.starts_with(' ');
                let folded = is_prose(pair[0]) && is_prose(pair[1]);
                let is_long = pair[0].chars().count() > IN_ONE;
                assert!(!(folded && is_long), "{name} --help: {}", pair[0]);
            }
        });
    }

    #[test]
    fn every_command_stands_in_one_group_with_its_words() {
        let tree = tree();
        for command in tree
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
        {
            let name = command.get_name();
            let count = GROUPS
                .iter()
                .filter(|(_, names)| names.contains(&name))
                .count();
            assert_eq!(count, 1, "{name} stands in {count} groups");
            assert!(command.get_about().is_some(), "{name} has no words");
        }
    }

    #[test]
    fn no_group_names_a_command_that_is_not_there() {
        let tree = tree();
        for name in GROUPS.iter().flat_map(|(_, names)| names.iter()) {
            assert!(tree.find_subcommand(name).is_some(), "{name}");
        }
    }
}
