//! Results on stdout, hints on stderr, colour where it helps.

use super::args::{Shared, When};
use super::schema::{Output, SCHEMA};
use crate::env::Env;
use crate::policy::ci;
use crate::workflow::Progress;
use serde::Serialize;
use std::cell::RefCell;
use std::io::{ErrorKind, Write};

/// What a piece of text is, by which it may get a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// Grave, open, wrong.
    Bad,
    /// Worth a look.
    Warn,
    /// Done.
    Good,
    /// Less important.
    Dim,
    /// A title, a command.
    Bold,
}

/// Marks a piece of text; [`Ui`] turns the marks into colour, or leaves them out.
///
/// The marks are control characters, and all other control characters are taken out on the way to
/// the screen: text from a repository can at most colour itself.
pub(super) fn paint(paint: Paint, text: impl std::fmt::Display) -> String {
    let letter = match paint {
        Paint::Bad => 'r',
        Paint::Warn => 'y',
        Paint::Good => 'g',
        Paint::Dim => 'd',
        Paint::Bold => 'b',
    };
    format!("{BEGIN}{letter}{text}{END}")
}

const BEGIN: char = '\u{1}';
const END: char = '\u{2}';

/// What a command has to say.
#[derive(Debug, Default)]
pub(super) struct Page {
    lines: Vec<(Kind, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Result,
    Done,
    Hint,
}

impl Page {
    /// What was asked for: stdout, always.
    pub(super) fn line(&mut self, text: impl Into<String>) {
        self.lines.push((Kind::Result, text.into()));
    }

    /// What was done: stdout, not with `-q`.
    pub(super) fn did(&mut self, text: impl Into<String>) {
        self.lines.push((Kind::Done, text.into()));
    }

    /// What helps: stderr, not with `-q`.
    pub(super) fn hint(&mut self, text: impl Into<String>) {
        self.lines.push((Kind::Hint, text.into()));
    }
}

/// The terminal.
#[derive(Debug)]
pub(super) struct Ui {
    /// JSON instead of words.
    pub(super) json: bool,
    /// Columns.
    pub(super) width: usize,
    quiet: bool,
    color_out: bool,
    color_err: bool,
    show_waiting: bool,
    in_ci: bool,
    command: &'static str,
    /// Warnings that wait to stand in the JSON object.
    pending: RefCell<Vec<String>>,
    /// Why something could not be written to standard output.
    unwritten: RefCell<Option<std::io::Error>>,
}

impl Ui {
    pub(super) fn new(env: &Env, shared: &Shared, command: &'static str) -> Ui {
        let auto = env.var("NO_COLOR").is_none() && env.var("TERM") != Some("dumb");
        let color = |terminal: bool| match shared.color {
            When::Always => true,
            When::Never => false,
            When::Auto => auto && terminal,
        };
        Ui {
            json: shared.json,
            width: env.width(),
            quiet: shared.quiet,
            color_out: color(env.stdout_is_terminal),
            color_err: color(env.stderr_is_terminal),
            show_waiting: env.stderr_is_terminal && !shared.quiet,
            in_ci: ci::system(&|name| env.var(name)).is_some(),
            command,
            pending: RefCell::default(),
            unwritten: RefCell::default(),
        }
    }

    /// Before anything is known of the terminal.
    fn plain() -> Ui {
        Ui {
            json: false,
            width: 80,
            quiet: false,
            color_out: false,
            color_err: false,
            show_waiting: false,
            in_ci: true,
            command: "hotfix",
            pending: RefCell::default(),
            unwritten: RefCell::default(),
        }
    }

    /// The same for a reader that wants an object of a command.
    pub(super) fn early(json: Option<&'static str>) -> Ui {
        Ui {
            json: json.is_some(),
            command: json.unwrap_or("hotfix"),
            ..Ui::plain()
        }
    }

    /// The exit code of a command that ended with `code`: what could not be written is a failure,
    /// since a script would take an empty answer for one.
    pub(super) fn ended(&self, code: u8) -> u8 {
        match self.unwritten.take() {
            Some(error) => {
                self.err(&format!("hotfix: the answer could not be written: {error}"));
                if code == 0 { 3 } else { code }
            }
            None => code,
        }
    }

    /// Says what a command did, in words or as one object; `warnings` belong to it.
    pub(super) fn say<T: Output>(
        &self,
        data: &T,
        warnings: Vec<String>,
        words: impl FnOnce(&mut Page),
    ) {
        debug_assert!(T::COMMANDS.contains(&self.command), "{}", self.command);
        if self.json {
            let object = Object {
                schema: SCHEMA,
                command: self.command,
                warnings,
                data,
            };
            self.object(&object);
            return;
        }
        self.warnings(&warnings);
        let mut page = Page::default();
        words(&mut page);
        for (kind, text) in &page.lines {
            match kind {
                Kind::Result => self.out(text),
                Kind::Done if !self.quiet => self.out(text),
                Kind::Hint if !self.quiet => self.err(text),
                Kind::Done | Kind::Hint => {}
            }
        }
    }

    /// The JSON object of an error; what was warned of before stands in it.
    pub(super) fn error_object<T: Serialize>(&self, data: &T) {
        let warnings = self.pending.take();
        self.object(&Object {
            schema: SCHEMA,
            command: self.command,
            warnings,
            data,
        });
    }

    /// Warnings of a command that has said what it did.
    pub(super) fn warnings(&self, warnings: &[String]) {
        if self.json {
            self.pending.borrow_mut().extend_from_slice(warnings);
            return;
        }
        for warning in warnings {
            self.err(&format!("{} {warning}", paint(Paint::Warn, "hotfix:")));
        }
    }

    /// A line on standard error, whatever the mode.
    pub(super) fn err(&self, text: &str) {
        let text = self.safe(rendered(text, self.color_err));
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// A line on standard output.
    pub(super) fn out(&self, text: &str) {
        let text = self.safe(rendered(text, self.color_out));
        self.write_out(&format!("{text}\n"));
    }

    /// A line for a program (a CI system, a shell); its text has been escaped for that.
    pub(super) fn verbatim(&self, line: &str) {
        self.write_out(&format!("{line}\n"));
    }

    /// A JSON object of another schema than ours.
    pub(super) fn object<T: Serialize>(&self, object: &T) {
        match serde_json::to_string_pretty(object) {
            Ok(json) => self.write_out(&format!("{}\n", escaped(&json, self.in_ci))),
            Err(error) => self.err(&format!("hotfix: no JSON could be made: {error}")),
        }
    }

    fn safe(&self, text: String) -> String {
        if self.in_ci { defused(&text) } else { text }
    }

    /// A reader that went away (`| head`) is no error.
    fn write_out(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        if let Err(error) = written
            && error.kind() != ErrorKind::BrokenPipe
        {
            self.unwritten.replace(Some(error));
        }
    }
}

impl Progress for Ui {
    fn waiting(&self, what: &str) {
        if self.show_waiting {
            self.err(&paint(Paint::Dim, format!("{what} …")));
        }
    }
}

/// An object of ours.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct Object<'a, T> {
    /// The version of the schema.
    schema: &'static str,
    /// The command that says it; `hotfix` is the program without one.
    command: &'static str,
    /// What did not stop the command.
    warnings: Vec<String>,
    #[serde(flatten)]
    data: &'a T,
}

/// Marks become colour or go; what could steer a terminal goes.
fn rendered(text: &str, color: bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            BEGIN => {
                let code = match chars.next() {
                    Some('r') => "\u{1b}[31m",
                    Some('y') => "\u{1b}[33m",
                    Some('g') => "\u{1b}[32m",
                    Some('d') => "\u{1b}[2m",
                    _ => "\u{1b}[1m",
                };
                out.push_str(if color { code } else { "" });
            }
            END => out.push_str(if color { "\u{1b}[0m" } else { "" }),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || is_bidi(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Text that no CI system takes for a command: GitHub's runner takes `::name` at the start of a line
/// and `##[name]` anywhere, Azure's agent `##vso[name]` anywhere, both also with characters between
/// that have no width.
fn defused(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !has_no_width(*c)).collect();
    let broken = visible.replace("##[", "# #[").replace("##vso[", "# #vso[");
    let lines = broken.split('\n').map(|line| {
        let begins = line.trim_start().starts_with("::");
        if begins {
            line.replacen("::", ": :", 1)
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn has_no_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Text from a repository for readers that are no terminal: without control characters but line
/// breaks, and no command to a CI system.
pub(super) fn harmless(text: &str) -> String {
    defused(&rendered(text, false))
}

/// JSON without what could steer a terminal that shows it. serde escapes only what JSON forbids; these
/// characters stand in strings alone, so that the object stays the same. For a CI system `#` goes, too:
/// every command within a line begins with it.
fn escaped(json: &str, for_ci: bool) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let steers = (c.is_control() && c != '\n') || is_bidi(c);
        if steers || (for_ci && c == '#') {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Characters that reorder what stands beside them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{Paint, defused, escaped, paint, rendered};

    #[test]
    fn text_from_a_repository_cannot_steer_the_terminal() {
        let hostile = "a\u{1b}]0;title\u{7}b\u{9b}31mc\u{202e}d\r";
        assert_eq!(rendered(hostile, true), "a]0;titleb31mcd");
    }

    #[test]
    fn json_steers_no_terminal_and_stays_the_same_object() {
        let hostile = "a\u{1b}[2J\u{7f}\u{9b}31m\u{202e}#\né";
        let json = serde_json::to_string_pretty(&[hostile]).unwrap();
        for for_ci in [false, true] {
            let shown = escaped(&json, for_ci);
            assert!(!shown.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'));
            assert_eq!(shown.contains('#'), !for_ci);
            let read: [String; 1] = serde_json::from_str(&shown).unwrap();
            assert_eq!(read, [hostile]);
        }
    }

    #[test]
    fn text_from_a_repository_cannot_command_a_ci_system() {
        for (hostile, harmless) in [
            ("fix ##vso[task.x]y", "fix # #vso[task.x]y"),
            ("fix ###[add-mask]y", "fix ## #[add-mask]y"),
            ("#\u{ad}##\u{200d}vso[task.x]", "## #vso[task.x]"),
            ("a\n  ::add-mask::y", "a\n  : :add-mask::y"),
            ("fix a::b, issue #12", "fix a::b, issue #12"),
        ] {
            assert_eq!(defused(hostile), harmless);
        }
    }

    #[test]
    fn colour_is_only_added_when_asked_for() {
        let text = paint(Paint::Bad, "P0");
        assert_eq!(rendered(&text, false), "P0");
        assert_eq!(rendered(&text, true), "\u{1b}[31mP0\u{1b}[0m");
    }
}
