//! Errors on the screen: what happened, what was not touched, what to type next.

use super::table;
use super::ui::{Paint, Ui, paint};
use crate::record::{Finding, Level};
use crate::workflow::{Code, Error, ErrorKind};
use serde::Serialize;
use std::io::Write;

/// The exit code of each kind.
pub(super) fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Refused => 1,
        ErrorKind::Usage => 2,
        ErrorKind::Failed => 3,
    }
}

/// The object of a command that was not done.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Object<'a> {
    /// Why.
    error: Fields<'a>,
}

/// Why a command was not done.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Error"))]
struct Fields<'a> {
    /// Which exit code it has.
    kind: ErrorKind,
    /// Which trouble it is.
    code: Code,
    /// The exit code: 1 for `refused`, 2 for `usage`, 3 for `failed`.
    exit: u8,
    /// What happened, in one line.
    message: String,
    /// Lines that explain.
    details: &'a [String],
    /// What a check found wrong.
    findings: &'a [Finding],
    /// What was not changed, a sentence.
    untouched: Option<&'a str>,
    /// What to type next: each a command or a sentence.
    next: &'a [String],
}

/// Says why a command was not done; its exit code.
pub(super) fn report(ui: &Ui, error: &Error) -> u8 {
    let exit = exit_code(error.kind);
    let message = error.message();
    if ui.json {
        let Error {
            details,
            findings,
            untouched,
            next,
            ..
        } = error;
        let untouched = untouched.as_deref();
        ui.error_object(&Object {
            error: Fields {
                kind: error.kind,
                code: error.code,
                exit,
                message,
                details,
                findings,
                untouched,
                next,
            },
        });
        return exit;
    }
    ui.err(&format!("{} {message}", paint(Paint::Bad, "hotfix:")));
    for line in error.details.iter().flat_map(|line| folded(line)) {
        ui.err(&line);
    }
    for line in finding_lines(&error.findings) {
        ui.err(&line);
    }
    if let Some(untouched) = &error.untouched {
        ui.err(untouched);
    }
    for line in &error.next {
        ui.err(&format!(
            "{}{line}",
            if is_command(line) { "  " } else { "" }
        ));
    }
    exit
}

/// A line that explains, set in; what does not fit goes on below it, set in further.
fn folded(text: &str) -> Vec<String> {
    let mut lines = vec![String::from(" ")];
    for (at, word) in text.split(' ').enumerate() {
        let line = lines.last().map_or(0, |line| table::width(line));
        if at > 0 && line > 4 && line + 1 + table::width(word) > COLUMNS {
            lines.push(String::from("     "));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}

/// A command stands by itself on its line, set in, so that it can be pasted.
fn is_command(line: &str) -> bool {
    line.starts_with("git ") && !line.contains("…: ")
}

/// Findings are read in mails and CI logs as well as in terminals.
const COLUMNS: usize = 80;

/// Its line helps: the finding is one about the record's text, and no command mends it.
fn in_record(finding: &Finding) -> bool {
    finding.id.starts_with("PM") || finding.id == "record-conflict"
}

/// Findings with the command that mends each, those that block first.
pub(super) fn finding_lines(findings: &[Finding]) -> Vec<String> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let left: Vec<String> = sorted
        .iter()
        .map(|finding| match finding.line {
            Some(line) if in_record(finding) => format!("{line}: {}", finding.message),
            _ => finding.message.clone(),
        })
        .collect();
    // A remedy stands beside its finding where both fit, else below it.
    let fits = |columns: usize, finding: &Finding| {
        let remedy = finding.remedy.as_deref().map_or(0, table::width);
        columns <= 44 && 4 + columns + 2 + remedy <= COLUMNS
    };
    let width = sorted
        .iter()
        .zip(&left)
        .map(|(finding, text)| (finding, table::width(text)))
        .filter(|(finding, columns)| fits(*columns, finding))
        .map(|(_, columns)| columns)
        .max()
        .unwrap_or(0);
    let mut lines = Vec::new();
    for (finding, left) in sorted.iter().zip(left) {
        let mark = match finding.level {
            Level::Block => paint(Paint::Bad, "-"),
            Level::Warn => paint(Paint::Warn, "~"),
            Level::Info => paint(Paint::Dim, "~"),
        };
        match &finding.remedy {
            Some(remedy) if table::width(&left) <= width && fits(width, finding) => {
                lines.push(format!(
                    "  {mark} {}  {remedy}",
                    table::padded(&left, width)
                ));
            }
            Some(remedy) => {
                lines.push(format!("  {mark} {left}"));
                lines.push(format!("      {remedy}"));
            }
            None => lines.extend(without_remedy(&mark, &left)),
        }
    }
    lines
}

/// A finding alone; by whom it was overridden stands below it where the line would be too long.
fn without_remedy(mark: &str, text: &str) -> Vec<String> {
    let fits = 4 + table::width(text) <= COLUMNS;
    match text.split_once(" (overridden by ").filter(|_| !fits) {
        Some((finding, by)) => vec![
            format!("  {mark} {finding}"),
            format!("      (overridden by {by}"),
        ],
        None => vec![format!("  {mark} {text}")],
    }
}

/// A mistake of ours: one line and how to tell us, never a backtrace; `json` names the command whose
/// caller wants an object.
pub(super) fn report_panic(info: &std::panic::PanicHookInfo<'_>, json: Option<&'static str>) {
    let place = info.location().map_or(String::new(), |at| {
        format!(" ({}:{})", at.file(), at.line())
    });
    let payload = info.payload();
    let literal = payload.downcast_ref::<&str>().copied();
    let words = literal.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let words = words.unwrap_or("no words");
    let message = format!("a mistake in git-hotfix{place}: {words}");
    let halves = "Nothing moves by halves";
    if json.is_some() {
        let error = Error::failed(message).code(Code::Bug);
        let error = error
            .untouched(format!("{halves}."))
            .next("git hotfix status");
        std::process::exit(report(&Ui::early(json), &error).into());
    }
    let _ = writeln!(
        std::io::stderr().lock(),
        "hotfix: {message}\n{halves}: look with git hotfix status, and please report this line.",
    );
    std::process::exit(3);
}
