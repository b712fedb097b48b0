//! Task trackers, behind one trait.
//!
//! Each is another program that keeps the tokens and knows the hosts. Everything is asked for so that
//! it may be asked for again: whether a call that was ended did its work, nobody knows.

mod answer;
mod by_command;
mod forges;
mod ohno;

pub use by_command::ByCommand;
pub use forges::ForgeIssues;
pub use ohno::Ohno;

use super::Trouble;
use serde::Serialize;

/// A task in a tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// As the tracker names it: `task-d954a355`, `12`.
    pub id: String,
    /// Its page.
    pub url: Option<String>,
}

/// What a tracker is told of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `P0`.
    pub severity: Option<String>,
    /// Who notices what.
    pub impact: Option<String>,
    /// The hotfix branch.
    pub branch: Option<String>,
    /// What the hotfix starts from.
    pub base: Option<String>,
}

impl About {
    /// The task's title.
    pub fn headline(&self) -> String {
        format!("HOTFIX: {}", self.title)
    }

    /// The task's description; its first line is how the task is found again.
    pub fn description(&self) -> String {
        let optional = [
            ("Severity", &self.severity),
            ("Impact", &self.impact),
            ("Branch", &self.branch),
            ("Base", &self.base),
        ];
        let mut text = mark(&self.id);
        for (name, value) in optional {
            if let Some(value) = value {
                text.push_str(&format!("\n{name}: {value}"));
            }
        }
        text
    }
}

/// The line of a description that names the incident.
fn mark(incident: &str) -> String {
    format!("Incident: {incident}")
}

/// Whether a description is that of an incident's task.
fn is_marked(description: &str, incident: &str) -> bool {
    let mark = mark(incident);
    description.lines().any(|line| line.trim() == mark)
}

/// How an incident ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// It is over.
    Resolved,
    /// It was none, or is solved elsewhere.
    Abandoned,
}

/// Whether a text can be the id of a task in the tracker of that name, as `hotfix.tracker` has it. Only
/// such an id is handed to a program: it may stand in a record that somebody else wrote.
pub fn owns(tracker: &str, id: &str) -> bool {
    match tracker {
        "ohno" => ohno::is_id(id),
        "github" | "gitlab" => forges::is_number(id),
        "command" => answer::is_id(id),
        _ => false,
    }
}

/// A task tracker.
pub trait Tracker {
    /// As `hotfix.tracker` names it.
    fn name(&self) -> &'static str;

    /// The task of an incident that was made before.
    ///
    /// # Errors
    /// When the program cannot be run, fails, hangs, or cannot be understood.
    fn find(&self, incident: &str) -> Result<Option<Task>, Trouble>;

    /// Makes a task.
    ///
    /// # Errors
    /// As for [`Tracker::find`].
    fn create(&self, about: &About) -> Result<Task, Trouble>;

    /// Marks it as being worked on, whatever it was before.
    ///
    /// # Errors
    /// As for [`Tracker::find`], and when there is no such task.
    fn start(&self, about: &About, id: &str) -> Result<(), Trouble>;

    /// Marks it as done.
    ///
    /// # Errors
    /// As for [`Tracker::start`].
    fn done(&self, about: &About, id: &str, notes: &str, ending: Ending) -> Result<(), Trouble>;
}
