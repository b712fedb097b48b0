//! Pages as `man` reads them: the macros of man(7), as groff and mandoc both know them.

use super::{Block, DATE, Page};
use std::fmt::Write as _;

/// A page; its first lines are comments.
pub(super) fn page(page: &Page) -> String {
    let title = text(&page.name.to_uppercase());
    let version = text(concat!("git-hotfix ", env!("CARGO_PKG_VERSION")));
    let mut out = format!(
        ".\\\" {}\n.TH {title} 1 {DATE} \"{version}\" \"git hotfix\"\n.SH NAME\n{} \\- {}\n",
        crate::workflow::extras::MARK,
        text(&page.name),
        text(&page.about)
    );
    for section in &page.sections {
        let _ = writeln!(out, ".SH {}", section.title.to_uppercase());
        // A paragraph's space comes between blocks, not behind a heading.
        let mut first = true;
        for block in &section.blocks {
            out.push_str(&written(block, first));
            first = matches!(block, Block::Heading(_));
        }
    }
    out
}

fn written(block: &Block, first: bool) -> String {
    let paragraph = if first { "" } else { ".PP\n" };
    match block {
        Block::Paragraph(words) => format!("{paragraph}{}\n", text(words)),
        Block::Heading(words) => format!(".SS {}\n", text(words)),
        Block::Entry(name, texts) => format!(".TP\n{}\n{}\n", term(name), text(&texts.join(" "))),
        Block::Lines(lines) => {
            let lines: String = lines.iter().map(|line| text(line) + "\n").collect();
            format!("{paragraph}.RS 4\n.nf\n{lines}.fi\n.RE\n")
        }
    }
}

/// What is typed as it is stands in bold, what is put in for a name in italics.
fn term(words: &str) -> String {
    let mut out = String::from("\\fB");
    for c in words.chars() {
        match c {
            '<' => out.push_str("\\fI<"),
            '>' => out.push_str(">\\fB"),
            c => out.push_str(&character(c)),
        }
    }
    out.push_str("\\fR");
    out
}

/// Text in which nothing is a request or an escape.
fn text(words: &str) -> String {
    let escaped: String = words.chars().map(character).collect();
    match words.starts_with(['.', '\'']) {
        true => format!("\\&{escaped}"),
        false => escaped,
    }
}

fn character(c: char) -> String {
    match c {
        '\\' => "\\e".to_owned(),
        '-' => "\\-".to_owned(),
        // As they are, and not as the typographic ones: people copy what they read.
        '\'' => "\\(aq".to_owned(),
        '`' => "\\(ga".to_owned(),
        '^' => "\\(ha".to_owned(),
        '~' => "\\(ti".to_owned(),
        '"' => "\\(dq".to_owned(),
        '\n' => " ".to_owned(),
        c if c.is_ascii() => c.to_string(),
        c => format!("\\[u{:04X}]", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_request() {
        assert_eq!(text(".hotfix.toml"), "\\&.hotfix.toml");
        assert_eq!(text("a\\fB'b' …"), "a\\efB\\(aqb\\(aq \\[u2026]");
        assert_eq!(term("-s <X>"), "\\fB\\-s \\fI<X>\\fB\\fR");
    }
}
