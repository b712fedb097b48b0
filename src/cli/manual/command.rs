//! The page of a command.

use super::{Block, Page, Section, exit_status, split};
use clap::{Arg, Command};

/// A command's page; those below it are sections of it.
pub(super) fn page(command: &Command) -> Page {
    let name = format!("git-hotfix-{}", command.get_name());
    let long = command.get_long_about().map(ToString::to_string);
    let about = command.get_about().map(ToString::to_string);
    let about = about.unwrap_or_default();
    let more = command
        .get_after_long_help()
        .or_else(|| command.get_after_help());
    let (after, examples) = split(&more.map(ToString::to_string).unwrap_or_default());
    let mut description = match long.filter(|long| *long != about) {
        Some(long) => split(&long).0,
        None => vec![Block::Paragraph(sentence(&about))],
    };
    description.extend(after);
    let mut sections = vec![
        section("Synopsis", vec![Block::Lines(synopses(command))]),
        section("Description", description),
    ];
    let acts: Vec<&Command> = acts(command).collect();
    if !acts.is_empty() {
        let blocks = acts.iter().flat_map(|act| act_blocks(act)).collect();
        sections.push(section("Commands", blocks));
    }
    let mut options = arguments(command);
    options.push(Block::Paragraph(
        "The options of every command, -i <ID>, --json, -q and --color, are in git-hotfix(1)."
            .to_owned(),
    ));
    sections.push(section("Options", options));
    sections.push(exit_status());
    if !examples.is_empty() {
        sections.push(section("Examples", vec![Block::Lines(examples)]));
    }
    sections.push(section(
        "See also",
        vec![Block::Paragraph("git-hotfix(1)".to_owned())],
    ));
    Page {
        name,
        about,
        sections,
    }
}

/// Arguments, then options, each with its help; those of every command are left out.
pub(super) fn arguments(command: &Command) -> Vec<Block> {
    let shown = |arg: &&Arg| !arg.is_hide_set() && !arg.is_global_set() && arg.get_id() != "help";
    let positionals = command.get_positionals().filter(shown);
    let options = command.get_arguments().filter(|arg| !arg.is_positional());
    positionals
        .chain(options.filter(shown))
        .map(entry)
        .collect()
}

/// An argument with its help, its values and its default.
pub(super) fn entry(arg: &Arg) -> Block {
    let help = arg.get_long_help().or_else(|| arg.get_help());
    let mut texts = vec![sentence(&help.map(ToString::to_string).unwrap_or_default())];
    let values = arg.get_possible_values();
    let shown = values.iter().filter(|value| !value.is_hide_set());
    if arg.get_action().takes_values() {
        let names: Vec<String> = shown
            .map(|value| match value.get_help() {
                Some(help) => {
                    let help = help.to_string();
                    format!("{} ({})", value.get_name(), help.trim_end_matches('.'))
                }
                None => value.get_name().to_owned(),
            })
            .collect();
        if !names.is_empty() {
            texts.push(format!("One of: {}.", names.join(", ")));
        }
        let defaults = arg.get_default_values().iter();
        let defaults: Vec<_> = defaults.map(|value| value.to_string_lossy()).collect();
        if !defaults.is_empty() {
            texts.push(format!("Default: {}.", defaults.join(", ")));
        }
    }
    Block::Entry(term(arg), texts)
}

/// `-s, --severity <SEVERITY>`, `<ITEM>...`
fn term(arg: &Arg) -> String {
    if arg.is_positional() {
        return arg.to_string();
    }
    let mut names = Vec::new();
    names.extend(arg.get_short().map(|letter| format!("-{letter}")));
    names.extend(arg.get_long().map(|long| format!("--{long}")));
    let aliases = arg.get_visible_aliases().unwrap_or_default();
    names.extend(aliases.iter().map(|alias| format!("--{alias}")));
    let shown = arg.to_string();
    let value = shown.split_once(' ').map(|(_, value)| format!(" {value}"));
    let optional = shown.split_once('[').map(|(_, value)| format!(" [{value}"));
    let value = value
        .or(optional)
        .filter(|_| arg.get_action().takes_values());
    format!("{}{}", names.join(", "), value.unwrap_or_default())
}

/// Helps are written without the full stop.
pub(super) fn sentence(help: &str) -> String {
    match help.ends_with(['.', ':', '?']) || help.is_empty() {
        true => help.to_owned(),
        false => format!("{help}."),
    }
}

/// How the command, or each of those below it, is typed.
pub(super) fn synopses(command: &Command) -> Vec<String> {
    let acts: Vec<&Command> = acts(command).collect();
    match acts.is_empty() {
        true => vec![usage(command)],
        false => acts.into_iter().map(usage).collect(),
    }
}

fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    usage.trim_start_matches("Usage: ").trim().to_owned()
}

fn acts(command: &Command) -> impl Iterator<Item = &Command> {
    let shown = |act: &&Command| !act.is_hide_set() && act.get_name() != "help";
    command.get_subcommands().filter(shown)
}

fn act_blocks(act: &Command) -> Vec<Block> {
    let about = act.get_about().map(ToString::to_string);
    let mut blocks = vec![
        Block::Heading(act.get_name().to_owned()),
        Block::Paragraph(sentence(&about.unwrap_or_default())),
    ];
    blocks.extend(arguments(act));
    blocks
}

pub(super) fn section(title: &'static str, blocks: Vec<Block>) -> Section {
    Section { title, blocks }
}
