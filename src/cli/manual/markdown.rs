//! Pages as one Markdown document.

use super::command::sentence;
use super::{Block, Page, Section};
use std::fmt::Write as _;

const INTRODUCTION: &str = "# Reference

Every command, option and setting. `git hotfix install-extras` installs the same as manual pages, which
`git hotfix --help` and `git help hotfix` then open.
";

/// All pages, the program's first.
pub(super) fn document(pages: &[Page]) -> String {
    let mut out = INTRODUCTION.to_owned();
    for (at, page) in pages.iter().enumerate() {
        // Of git-hotfix-install-extras only the last dash is the command's own.
        let name = page.name.replacen('-', " ", 2);
        let _ = write!(out, "\n## {name}\n");
        // A command's description begins with it.
        if at == 0 {
            let _ = write!(out, "\n{}\n", text(&sentence(&page.about)));
        }
        // What holds of every command is said once.
        let said = |section: &&Section| {
            section.title != "See also" && (at == 0 || section.title != "Exit status")
        };
        for section in page.sections.iter().filter(said) {
            if section.title != "Synopsis" && section.title != "Description" {
                let _ = write!(out, "\n### {}\n", section.title);
            }
            let mut before = None;
            for block in &section.blocks {
                let is_entry = matches!(block, Block::Entry(..));
                // The entries of a list stand together.
                if before != Some(true) || !is_entry {
                    out.push('\n');
                }
                out.push_str(&written(block));
                before = Some(is_entry);
            }
        }
    }
    out
}

fn written(block: &Block) -> String {
    match block {
        Block::Paragraph(words) => format!("{}\n", text(words)),
        Block::Heading(words) => format!("**{}**\n", text(words)),
        Block::Entry(term, texts) => format!("- {}: {}\n", name(term), text(&texts.join(" "))),
        Block::Lines(lines) => {
            let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
            lines.replace("    \n", "\n")
        }
    }
}

/// Another page is a heading of this document.
fn name(term: &str) -> String {
    match term.strip_suffix("(1)") {
        Some(page) => format!("[{}](#{page})", page.replacen('-', " ", 2)),
        None => format!("`{term}`"),
    }
}

/// Text in which nothing is markup.
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if matches!(c, '\\' | '*' | '_' | '<' | '[' | '`') {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}
