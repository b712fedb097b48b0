//! Any program: `hotfix.tracker.command`, a line for the shell as git's own aliases and helpers are.
//!
//! It reads one JSON object:
//!
//! ```json
//! {"version": 1, "operation": "create", "incident": {"id": "…", "title": "…"},
//!  "task": null, "notes": null, "ending": null}
//! ```
//!
//! `create` and `find` answer `{"id": "…", "url": "…"}`, `find` also `null` or nothing when there is no
//! task of that incident; the answers to `start` and `done` are not read. Another exit code than 0
//! means that it did not work.

use super::answer::{json, task};
use super::{About, Ending, Task, Tracker};
use crate::integrations::{Around, Program, Trouble, shell};
use serde::Serialize;
use serde_json::Value;

/// The person's own program.
pub struct ByCommand<'a> {
    shell: Program,
    line: String,
    around: Around<'a>,
}

#[derive(Serialize)]
struct Request<'a> {
    version: u32,
    operation: &'static str,
    incident: Incident<'a>,
    task: Option<&'a str>,
    notes: Option<&'a str>,
    ending: Option<Ending>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Incident<'a> {
    Known(&'a About),
    Named { id: &'a str },
}

impl<'a> ByCommand<'a> {
    /// The line, the shell that runs it, where that is started and its limit.
    pub fn of(shell: &Program, line: &str, around: Around<'a>) -> ByCommand<'a> {
        ByCommand {
            shell: shell.clone().named(called(line)),
            line: line.to_owned(),
            around,
        }
    }

    fn ask(&self, request: &Request<'_>) -> Result<String, Trouble> {
        let input = serde_json::to_string(request).unwrap_or_default();
        let line = [(shell::LINE, self.line.as_str())];
        self.shell
            .run(&["-c", shell::EVAL], &line, &input, &self.around)
    }

    fn request<'r>(operation: &'static str, incident: Incident<'r>) -> Request<'r> {
        Request {
            version: 1,
            operation,
            incident,
            task: None,
            notes: None,
            ending: None,
        }
    }

    fn unreadable(&self) -> Trouble {
        Trouble::Unreadable {
            program: self.shell.name.clone(),
        }
    }
}

impl Tracker for ByCommand<'_> {
    fn name(&self) -> &'static str {
        "command"
    }

    fn find(&self, incident: &str) -> Result<Option<Task>, Trouble> {
        let printed = self.ask(&Self::request("find", Incident::Named { id: incident }))?;
        if printed.trim().is_empty() {
            return Ok(None);
        }
        match json(&printed) {
            Some(Value::Null) => Ok(None),
            Some(Value::Object(fields)) if fields.is_empty() => Ok(None),
            Some(value) => task(&value).map(Some).ok_or_else(|| self.unreadable()),
            None => Err(self.unreadable()),
        }
    }

    fn create(&self, about: &About) -> Result<Task, Trouble> {
        let printed = self.ask(&Self::request("create", Incident::Known(about)))?;
        let made = json(&printed).and_then(|value| task(&value));
        made.ok_or_else(|| self.unreadable())
    }

    fn start(&self, about: &About, id: &str) -> Result<(), Trouble> {
        self.ask(&Request {
            task: Some(id),
            ..Self::request("start", Incident::Known(about))
        })?;
        Ok(())
    }

    fn done(&self, about: &About, id: &str, notes: &str, ending: Ending) -> Result<(), Trouble> {
        self.ask(&Request {
            task: Some(id),
            notes: Some(notes),
            ending: Some(ending),
            ..Self::request("done", Incident::Known(about))
        })?;
        Ok(())
    }
}

/// What errors call a line: its setting, with its program where it starts just one. No other word of it,
/// since it may hold a secret.
fn called(line: &str) -> String {
    const SETTING: &str = "hotfix.tracker.command";
    match program(line) {
        Some(program) => format!("{program} ({SETTING})"),
        None => SETTING.to_owned(),
    }
}

/// The name of a line's one program; nothing where that takes a shell to know.
fn program(line: &str) -> Option<&str> {
    if line.contains(['\n', ';', '&', '|', '(', '`']) {
        return None;
    }
    let word = line.split_whitespace().next()?;
    let quoted = |quote| word.strip_prefix(quote)?.strip_suffix(quote);
    let path = quoted('\'').or_else(|| quoted('"')).unwrap_or(word);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_+.~:/\\".contains(c);
    let name = path.rsplit(['/', '\\']).next()?;
    (path.chars().all(is_plain) && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_program_and_no_other_word_of_the_line() {
        for (line, name) in [
            ("make-task", Some("make-task")),
            ("~/bin/make-task --token s3cret", Some("make-task")),
            ("'/opt/jira/task' \"$JIRA\"", Some("task")),
            ("TOKEN=s3cret make-task", None),
            ("cd /s3cret && make-task", None),
            ("echo \"$(cat s3cret)\"", None),
            ("'/opt/my jira/s3cret'", None),
            ("\"$HOME/s3cret\"", None),
            ("s3cret/", None),
            ("", None),
        ] {
            assert_eq!(program(line), name, "{line}");
            assert!(!called(line).contains("s3cret"), "{line}");
        }
    }
}
