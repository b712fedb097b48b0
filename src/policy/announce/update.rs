//! What an update says: conditions, actions, needs, and when the next one comes.

use crate::policy::severity::Severities;
use crate::policy::updates::Updates;
use crate::record::{
    Field, Milestone, Record, SectionName, Status, is_placeholder, one_line, when,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How far it is, in the words of status pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The cause is looked for.
    Investigating,
    /// The cause is known, and a fix is made.
    Identified,
    /// The fix runs, and is watched.
    Monitoring,
    /// It is over.
    Resolved,
}

impl State {
    /// All of them, in the order an incident goes through them.
    pub const ALL: [State; 4] = [
        State::Investigating,
        State::Identified,
        State::Monitoring,
        State::Resolved,
    ];

    /// The word on the command line and in the timeline.
    pub fn word(self) -> &'static str {
        match self {
            State::Investigating => "investigating",
            State::Identified => "identified",
            State::Monitoring => "monitoring",
            State::Resolved => "resolved",
        }
    }

    /// The word as a heading.
    pub fn title(self) -> &'static str {
        match self {
            State::Investigating => "Investigating",
            State::Identified => "Identified",
            State::Monitoring => "Monitoring",
            State::Resolved => "Resolved",
        }
    }

    /// By where the incident stands. A mitigation alone identifies nothing, and a fix that has only
    /// landed is not watched yet.
    pub fn of(record: &Record) -> State {
        match record.status() {
            Status::Resolved | Status::Abandoned => State::Resolved,
            Status::Deployed => State::Monitoring,
            Status::Landed | Status::CauseIdentified => State::Identified,
            Status::Detected | Status::Investigating | Status::Mitigated => State::Investigating,
        }
    }
}

/// What a person said beside the record.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// In their own words.
    pub message: Option<&'a str>,
    /// What is needed from the readers.
    pub needs: Option<&'a str>,
    /// Where it stands; nothing: by the milestones.
    pub state: Option<State>,
}

/// A fact with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `Impact`
    pub label: String,
    /// `1200 users cannot log in`, one line.
    pub text: String,
}

/// An update for stakeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// The incident's id.
    pub id: String,
    /// Its title, one line.
    pub title: String,
    /// Its severity.
    pub severity: Option<String>,
    /// Where it stands.
    pub state: State,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What the person said, any number of lines.
    pub message: Option<String>,
    /// What is wrong, and who is affected.
    pub conditions: Vec<Line>,
    /// What is done about it.
    pub actions: Vec<Line>,
    /// What is needed from the readers.
    pub needs: Option<String>,
    /// By when the next update comes; nothing when none is promised.
    pub next: Option<DateTime<Utc>>,
}

impl Update {
    /// The update that a record gives now; what it leaves open is left out.
    pub fn of(
        id: &str,
        record: &Record,
        said: &Said<'_>,
        now: DateTime<Utc>,
        severities: &Severities,
        updates: &Updates,
    ) -> Update {
        let severity = record.field(Field::Severity).and_then(given);
        let state = said.state.unwrap_or_else(|| State::of(record));
        let interval = updates
            .interval(severities, severity.as_deref())
            .filter(|_| state != State::Resolved);
        Update {
            id: id.to_owned(),
            title: record.title().and_then(given).unwrap_or(id.to_owned()),
            state,
            at: now,
            message: said.message.and_then(paragraphs),
            conditions: conditions(record, state, now),
            actions: actions(record, state),
            needs: said.needs.and_then(given),
            next: interval.map(|interval| now + interval),
            severity,
        }
    }

    /// `[P0] Users can't login`
    pub fn heading(&self) -> String {
        match &self.severity {
            Some(severity) => format!("[{severity}] {}", self.title),
            None => self.title.clone(),
        }
    }

    /// `Next update by 14:50 UTC.`; nothing when none is promised.
    pub fn outlook(&self) -> Option<String> {
        let next = self.next?;
        Some(format!("Next update by {}.", clock(next, self.at)))
    }
}

/// What is wrong, who is affected, since when.
fn conditions(record: &Record, state: State, now: DateTime<Utc>) -> Vec<Line> {
    let field = |label, field| line(label, record.field(field).and_then(given));
    let started = record.field(Field::Started).and_then(given);
    let detected = record.reached(Milestone::Detected);
    let since = started.or(detected.map(|at| clock(at, now)));
    let ended = record.reached(Milestone::Resolved);
    let lasted = detected
        .zip(ended)
        .filter(|_| state == State::Resolved)
        .map(|(from, to)| when::span(to - from));
    let lines = [
        field("Impact", Field::Impact),
        field("Affected", Field::Affected),
        line("Since", since),
        line("Lasted", lasted),
        // How it develops is no news once it is over.
        field("Trend", Field::Trend).filter(|_| state != State::Resolved),
    ];
    lines.into_iter().flatten().collect()
}

/// What was done, and what is done now.
fn actions(record: &Record, state: State) -> Vec<Line> {
    let mitigation = detail(record, Milestone::Mitigated, SectionName::Mitigation);
    let resolution = detail(record, Milestone::Resolved, SectionName::Resolution)
        .filter(|_| state == State::Resolved);
    let now = match state {
        State::Investigating => Some("the cause is being looked for"),
        State::Identified => Some("the cause is known, a fix is being made"),
        State::Monitoring if record.reached(Milestone::Deployed).is_some() => {
            Some("the fix runs in production and is watched")
        }
        State::Monitoring => Some("it is being watched"),
        State::Resolved => None,
    };
    let lines = [
        line("Mitigation", mitigation),
        line("Resolution", resolution),
        line("Now", now.map(str::to_owned)),
    ];
    lines.into_iter().flatten().collect()
}

/// What the latest line of a milestone says, else the first words of its section.
fn detail(record: &Record, milestone: Milestone, section: SectionName) -> Option<String> {
    // Nothing for an end that was taken back.
    let counts = milestone != Milestone::Resolved || record.reached(milestone).is_some();
    let entries = record.timeline().iter().rev();
    let said = entries
        .filter(|entry| counts && entry.milestone == Some(milestone))
        .find_map(|entry| Milestone::detail_of(entry).and_then(given));
    said.or_else(|| record.prose(section)?.lines().find_map(given))
}

fn line(label: &str, text: Option<String>) -> Option<Line> {
    let label = label.to_owned();
    text.map(|text| Line { label, text })
}

/// A text as one line; nothing for an empty one or a placeholder.
fn given(text: &str) -> Option<String> {
    let text = one_line(text);
    (!text.is_empty() && !is_placeholder(&text)).then_some(text)
}

/// The lines of what a person typed, without what could steer a terminal.
fn paragraphs(text: &str) -> Option<String> {
    let lines: Vec<String> = text.lines().map(one_line).collect();
    let text = lines.join("\n");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `14:05 UTC`, with its day where that is another than the reader's.
fn clock(at: DateTime<Utc>, read: DateTime<Utc>) -> String {
    let form = match at.date_naive() == read.date_naive() {
        true => "%H:%M UTC",
        false => "%Y-%m-%d %H:%M UTC",
    };
    at.format(form).to_string()
}
