//! One thing to tell, and how far it has come.

use crate::workflow::announce::Words;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The version of an entry's file.
const VERSION: u32 = 1;

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Deed {
    /// The tracker's task is to say what the record says.
    Task {
        /// One is made when the record names none.
        create: bool,
    },
    /// Stakeholders are to hear what the record says.
    Announce {
        /// The destinations' names.
        to: Vec<String>,
        /// What a person said beside the record.
        words: Words,
    },
}

/// Whom a deed concerns. A webhook that is down must not hold up the tracker, so each has a lock of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Task,
    Announce,
}

impl Kind {
    /// In the order in which they are told.
    pub(super) const ALL: [Kind; 2] = [Kind::Task, Kind::Announce];

    /// The lock of those who tell it.
    pub(super) fn lock(self) -> &'static str {
        match self {
            Kind::Task => "tasks",
            Kind::Announce => "updates",
        }
    }
}

impl Deed {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Deed::Task { .. } => Kind::Task,
            Deed::Announce { .. } => Kind::Announce,
        }
    }

    /// What of one incident is told in order: a deed waits for the earlier ones of its channel.
    pub fn channel(&self) -> Cow<'_, str> {
        match self {
            Deed::Task { .. } => "task".into(),
            Deed::Announce { to, .. } => format!("announce {}", to.join(" ")).into(),
        }
    }

    /// Of the task: whether one is to be made.
    pub fn task(&self) -> Option<bool> {
        match self {
            Deed::Task { create } => Some(*create),
            Deed::Announce { .. } => None,
        }
    }

    /// What it is, for a warning.
    pub fn words(&self) -> String {
        match self {
            Deed::Task { .. } => "the tracker's task".to_owned(),
            Deed::Announce { to, .. } => format!("the update to {}", to.join(", ")),
        }
    }

    /// The one deed that does for both; nothing when each has to be done.
    #[must_use]
    pub fn joined(&self, later: &Deed) -> Option<Deed> {
        match (self, later) {
            (Deed::Task { create: one }, Deed::Task { create: two }) => Some(Deed::Task {
                create: *one || *two,
            }),
            (
                Deed::Announce { to, words },
                Deed::Announce {
                    to: same,
                    words: newer,
                },
            ) if to == same => {
                let to = to.clone();
                let words = words.followed_by(newer);
                Some(Deed::Announce { to, words })
            }
            _ => None,
        }
    }
}

/// An entry of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    version: u32,
    /// The incident's id.
    pub incident: String,
    /// What is to be told.
    pub deed: Deed,
    /// When it was put there.
    pub queued: DateTime<Utc>,
    /// From when on it is tried; nothing: only when a person says so.
    pub due: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: u32,
    /// When the latest try began. One that was ended leaves it without a [`Entry::trouble`]: nobody
    /// knows then what has come of it.
    pub began: Option<DateTime<Utc>>,
    /// What went wrong the last time.
    pub trouble: Option<String>,
    /// The file's name without its ending.
    #[serde(skip)]
    pub name: String,
}

impl Entry {
    pub(super) fn new(incident: &str, deed: Deed, now: DateTime<Utc>) -> Entry {
        Entry {
            version: VERSION,
            incident: incident.to_owned(),
            deed,
            queued: now,
            due: Some(now),
            attempts: 0,
            began: None,
            trouble: None,
            name: String::new(),
        }
    }

    /// An entry's file; nothing when it is none of this version.
    pub(super) fn parse(name: &str, text: &str) -> Option<Entry> {
        let entry: Entry = serde_json::from_str(text).ok()?;
        (entry.version == VERSION).then(|| Entry {
            name: name.to_owned(),
            ..entry
        })
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        // Strings, numbers and times: nothing here can fail to become JSON.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    /// The same at the beginning of a try.
    pub(super) fn begun(&self, now: DateTime<Utc>) -> Entry {
        Entry {
            attempts: self.attempts.saturating_add(1),
            began: Some(now),
            // A try that is cut off comes up again with the patience of one that failed.
            due: Some(now + pause(self.attempts.saturating_add(1))),
            trouble: None,
            ..self.clone()
        }
    }

    /// The same after a try that failed.
    pub(super) fn failed(&self, trouble: &Undelivered, now: DateTime<Utc>) -> Entry {
        let due = match trouble.again {
            Again::Later => Some(now + pause(self.attempts)),
            Again::After(wait) => Some(now + wait.max(pause(self.attempts))),
            Again::ByHand => None,
        };
        Entry {
            due,
            trouble: Some(trouble.why.clone()),
            ..self.clone()
        }
    }
}

/// Why something could not be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// In one line.
    pub why: String,
    /// When it is tried again.
    pub again: Again,
}

/// When something is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// After a pause that grows with every try.
    Later,
    /// As the other side says, when that is longer.
    After(TimeDelta),
    /// Not before a person says so: it would end the same way.
    ByHand,
}

/// 5 s, 20 s, 80 s, 5 min, 21 min, then every hour.
fn pause(attempts: u32) -> TimeDelta {
    const FIRST: i64 = 5;
    const MOST: i64 = 3600;
    let seconds = 4i64
        .saturating_pow(attempts.saturating_sub(1))
        .saturating_mul(FIRST);
    TimeDelta::seconds(seconds.min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_to_an_hour() {
        let pauses = [1, 2, 3, 4, 5, 6, u32::MAX].map(|attempts| pause(attempts).num_seconds());
        assert_eq!(pauses, [5, 20, 80, 320, 1280, 3600, 3600]);
        assert_eq!(pause(0).num_seconds(), 5);
    }

    #[test]
    fn updates_to_the_same_destinations_become_one() {
        let deed = |to: &str, message: Option<&str>| Deed::Announce {
            to: vec![to.to_owned()],
            words: Words {
                message: message.map(str::to_owned),
                ..Words::default()
            },
        };
        let said = deed("chat", Some("We are on it."));
        assert_eq!(said.joined(&deed("chat", None)), Some(said.clone()));
        let newer = deed("chat", Some("Over."));
        assert_eq!(said.joined(&newer), Some(newer));
        assert_eq!(said.joined(&deed("mail", None)), None);
        assert_eq!(said.joined(&Deed::Task { create: true }), None);
    }

    #[test]
    fn an_entry_survives_its_file() {
        let now = DateTime::UNIX_EPOCH;
        let entry = Entry::new("2026-11-22-x", Deed::Task { create: true }, now).begun(now);
        let text = String::from_utf8(entry.bytes()).unwrap();
        let name = "0000000000000001".to_owned();
        assert_eq!(
            Entry::parse(&name, &text),
            Some(Entry {
                name: name.clone(),
                ..entry
            })
        );
        assert_eq!(
            Entry::parse(&name, &text.replace("\"version\": 1", "\"version\": 2")),
            None
        );
        assert_eq!(Entry::parse(&name, "rubbish"), None);
    }
}
