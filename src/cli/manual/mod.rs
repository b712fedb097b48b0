//! The manual: a page for the program and one for each command, made from the clap tree.
//!
//! One model, two forms: `git hotfix install-extras` writes the pages as roff for `man`, and
//! `docs/reference.md` holds them as Markdown. They are made when they are asked for, so that no
//! page can be older than the program.

mod command;
mod markdown;
mod program;
mod roff;

use super::tree;

/// The day the pages tell; a release sets it.
const DATE: &str = "2026-11-22";

/// A page of the manual.
#[derive(Debug)]
struct Page {
    /// `git-hotfix-start`
    name: String,
    /// One line.
    about: String,
    sections: Vec<Section>,
}

#[derive(Debug)]
struct Section {
    /// As in the other pages of a manual, but not in capitals: `Exit status`.
    title: &'static str,
    blocks: Vec<Block>,
}

/// A piece of text.
#[derive(Debug)]
enum Block {
    Paragraph(String),
    /// Lines as they are typed.
    Lines(Vec<String>),
    /// A term and what it means.
    Entry(String, Vec<String>),
    /// A heading within a section.
    Heading(String),
}

/// Every page as its file's name and its text.
pub(super) fn man_pages() -> Vec<(String, String)> {
    let pages = pages().into_iter();
    pages
        .map(|page| (format!("{}.1", page.name), roff::page(&page)))
        .collect()
}

/// All pages as one Markdown document: `docs/reference.md`.
pub fn reference() -> String {
    markdown::document(&pages())
}

/// The program's page, then the commands' in the order of the help.
fn pages() -> Vec<Page> {
    let mut tree = tree();
    tree.build();
    let shown = super::help::in_groups().flat_map(|(_, names)| names.iter());
    let commands = shown.filter_map(|name| tree.find_subcommand(name));
    let commands: Vec<Page> = commands.map(command::page).collect();
    let mut pages = vec![program::page(&tree)];
    pages.extend(commands);
    pages
}

/// Text as it stands in a help: paragraphs, and lines that are set in under a line that ends with a
/// colon. What is under `Examples:` comes second.
fn split(text: &str) -> (Vec<Block>, Vec<String>) {
    let mut blocks = Vec::new();
    let mut examples = Vec::new();
    for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        let (set_in, plain): (Vec<&str>, Vec<&str>) =
            part.lines().partition(|line| line.starts_with("  "));
        let set_in = set_in.iter().map(|line| line[2..].to_owned()).collect();
        match plain.join(" ") {
            heading if heading == "Examples:" => examples = set_in,
            words => {
                if !words.is_empty() {
                    blocks.push(Block::Paragraph(words));
                }
                if !set_in.is_empty() {
                    blocks.push(Block::Lines(set_in));
                }
            }
        }
    }
    (blocks, examples)
}

/// What holds of every command.
fn exit_status() -> Section {
    let codes = [
        ("0", "Done."),
        ("1", "The gate, a check or a policy says no."),
        ("2", "Wrong usage."),
        ("3", "git, a file or the configuration failed."),
        ("130", "Interrupted."),
    ];
    let entry =
        |(code, means): &(&str, &str)| Block::Entry((*code).to_owned(), vec![(*means).to_owned()]);
    Section {
        title: "Exit status",
        blocks: codes.iter().map(entry).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_help_is_paragraphs_lines_and_examples() {
        let (blocks, examples) = split("One\ntwo.\n\nRows:\n  a  b\n\nExamples:\n  git hotfix x");
        let [
            Block::Paragraph(one),
            Block::Paragraph(rows),
            Block::Lines(lines),
        ] = &blocks[..]
        else {
            panic!("{blocks:?}")
        };
        assert_eq!((one.as_str(), rows.as_str()), ("One two.", "Rows:"));
        assert_eq!(lines, &["a  b"]);
        assert_eq!(examples, ["git hotfix x"]);
    }

    #[test]
    fn every_command_that_is_shown_has_a_page() {
        let tree = tree();
        let shown = tree
            .get_subcommands()
            .filter(|command| !command.is_hide_set());
        assert_eq!(man_pages().len(), shown.count() + 1);
    }
}
