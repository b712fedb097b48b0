//! When the next update is due: by the timeline alone.

use crate::policy::severity::Severities;
use crate::policy::updates::Updates;
use crate::record::{Entry, Field, Milestone, Record};
use chrono::{DateTime, Utc};

/// What the timeline line of an update that was sent begins with.
const SENT: &str = "Update sent to ";
/// The same for one that a person passes on by hand.
const WRITTEN: &str = "Update written: ";

/// The timeline line of an update that reached these destinations.
pub fn sent_line(destinations: &[&str], state: &str, message: Option<&str>) -> String {
    let names = destinations.join(", ");
    with_message(format!("{SENT}{names}: {state}"), message)
}

/// The timeline line of an update that was printed for a person to pass on.
pub fn written_line(state: &str, message: Option<&str>) -> String {
    with_message(format!("{WRITTEN}{state}"), message)
}

fn with_message(line: String, message: Option<&str>) -> String {
    match message {
        Some(message) => format!("{line} - {message}"),
        None => line,
    }
}

/// When stakeholders must hear of it next: the interval of its severity after the last update, or
/// after the detection. Nothing once it is over, or where its severity asks for none.
pub fn due(record: &Record, severities: &Severities, updates: &Updates) -> Option<DateTime<Utc>> {
    let interval = updates.interval(severities, record.field(Field::Severity))?;
    let entries = record.timeline().iter();
    let last = entries
        .filter(|entry| is_update(entry))
        .filter_map(|entry| entry.at)
        .max();
    let from = last.max(record.reached(Milestone::Detected))?;
    record.is_open().then(|| from + interval)
}

fn is_update(entry: &Entry) -> bool {
    entry.text.starts_with(SENT) || entry.text.starts_with(WRITTEN)
}
