//! The page of the program.

use super::command::{entry, section, sentence};
use super::{Block, Page, Section, exit_status, split};
use crate::cli::help;
use crate::config::{KEYS, default_of};
use clap::{Arg, Command};

/// Variables that are ours, or that change what we do.
const ENVIRONMENT: [(&str, &str); 9] = [
    (
        "GIT_HOTFIX_<NAME>",
        "Any setting, in capitals and with _ for -: GIT_HOTFIX_PUSH_TIMEOUT. Only options go before it.",
    ),
    (
        "GIT_HOTFIX_OVERRIDE",
        "The reason to go past the gate with 'git push'; it is put on the record.",
    ),
    (
        "GIT_EDITOR, VISUAL, EDITOR",
        "As for git: what 'git hotfix edit' opens.",
    ),
    (
        "GIT_DIR, GIT_WORK_TREE, GIT_CEILING_DIRECTORIES",
        "As for git: where the repository is.",
    ),
    (
        "GIT_COMMITTER_NAME, GIT_COMMITTER_EMAIL",
        "As for git: who the record names.",
    ),
    ("GIT_COMMITTER_DATE", "Stands in for the clock."),
    (
        "NO_COLOR",
        "No colour, unless '--color always' asks for it.",
    ),
    ("COLUMNS", "The width of the screen; 80 when it is not set."),
    (
        "TZ",
        "The zone of the times that are typed and shown; the record is in UTC.",
    ),
];

const FILES: [(&str, &str); 5] = [
    (
        ".hotfix.toml",
        "The team's settings, at the top of the repository; 'git hotfix init' writes one with all of them commented out.",
    ),
    (
        ".claude/postmortems/<id>.md",
        "The record of an incident, in the folder that the setting 'postmortems' names.",
    ),
    (
        "refs/hotfix/incidents/<id>",
        "The record's history: each change is a commit. 'git log' shows it.",
    ),
    (
        "$GIT_DIR/hooks/",
        "Where 'git hotfix hooks install' puts commit-msg, prepare-commit-msg and pre-push.",
    ),
    (
        "$GIT_DIR/hotfix/",
        "Notes that save time, and the lock; all of it may be deleted.",
    ),
];

const EXAMPLES: [&str; 9] = [
    "git hotfix start \"Users can't login - 500 error\" -s P0",
    "git hotfix impact \"about 1200 users cannot log in\"",
    "git hotfix mitigate rollback \"api back to v2.3.0\"",
    "git hotfix cause \"old tokens have another prefix\"",
    "git hotfix commit -m \"accept both prefixes\" -a",
    "git hotfix check rollback --evidence \"v2.3.0 is on every machine\"",
    "git hotfix finish --tag --push",
    "git hotfix deployed",
    "git hotfix resolve \"both prefixes are accepted\"",
];

/// The page that `git hotfix --help` shows.
pub(super) fn page(tree: &Command) -> Page {
    let about = tree
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    let long = tree.get_long_about().map(ToString::to_string);
    let long = long.unwrap_or_default();
    // The first line is the name's.
    let description = long.split_once("\n\n").map_or("", |(_, rest)| rest);
    let options = tree.get_arguments().filter(|arg: &&Arg| !arg.is_hide_set());
    let examples = EXAMPLES.iter().map(|line| (*line).to_owned()).collect();
    Page {
        name: "git-hotfix".to_owned(),
        about,
        sections: vec![
            section(
                "Synopsis",
                vec![Block::Lines(vec![
                    "git hotfix [OPTIONS]".to_owned(),
                    "git hotfix [OPTIONS] <COMMAND>".to_owned(),
                ])],
            ),
            section("Description", description_of(description)),
            section("Commands", commands(tree)),
            section("Options", options.map(entry).collect()),
            exit_status(),
            section("Configuration", settings()),
            section("Environment", entries(&ENVIRONMENT)),
            section("Files", entries(&FILES)),
            section("Examples", vec![Block::Lines(examples)]),
            see_also(tree),
        ],
    }
}

fn description_of(text: &str) -> Vec<Block> {
    let mut blocks = split(text).0;
    blocks.push(Block::Paragraph(
        "Without a command it says where the incident stands and what to type next.".to_owned(),
    ));
    blocks
}

fn commands(tree: &Command) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (heading, names) in help::in_groups() {
        blocks.push(Block::Heading((*heading).to_owned()));
        for name in *names {
            let about = tree.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let term = format!("git-hotfix-{name}(1)");
            blocks.push(Block::Entry(term, vec![sentence(&about)]));
        }
    }
    blocks
}

fn settings() -> Vec<Block> {
    let mut blocks = vec![
        Block::Paragraph(
            "Later wins: git-flow's own keys; .hotfix.toml, the team's; git config, as hotfix.<name>; the \
             environment, as GIT_HOTFIX_<NAME>; options. What names a program or an address is never read \
             from .hotfix.toml. 'git hotfix config' shows every value and where it came from."
                .to_owned(),
        ),
    ];
    blocks.extend(KEYS.iter().map(|key| {
        let default = match default_of(key) {
            values if values.concat().is_empty() => String::new(),
            values => format!("Default: {}.", values.join("; ")),
        };
        let list = if key.list { "A list." } else { "" };
        let texts = [key.help, list, &default].map(str::to_owned);
        let texts = texts.into_iter().filter(|text| !text.is_empty());
        Block::Entry(key.name.to_owned(), texts.collect())
    }));
    blocks
}

fn entries(rows: &[(&str, &str)]) -> Vec<Block> {
    let entry =
        |(term, text): &(&str, &str)| Block::Entry((*term).to_owned(), vec![(*text).to_owned()]);
    rows.iter().map(entry).collect()
}

fn see_also(tree: &Command) -> Section {
    let shown = tree
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let shown = shown.map(Command::get_name).filter(|name| *name != "help");
    let mut pages: Vec<String> = shown.map(|name| format!("git-hotfix-{name}(1)")).collect();
    pages.sort();
    pages.push("git(1)".to_owned());
    pages.push("githooks(5)".to_owned());
    section("See also", vec![Block::Paragraph(pages.join(", "))])
}
