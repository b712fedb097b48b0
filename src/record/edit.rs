//! Changes that touch only the bytes they mean.

mod entries;
mod fields;
mod items;
mod place;
mod prose;

use super::text::{Patch, patched};
use super::when::{span, stamp};
use super::{Field, Milestone, Record, SectionName};
use chrono::{DateTime, Utc};

/// One change to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Sets a header line's value, adding the line when it is missing.
    Field {
        /// Which.
        field: Field,
        /// Its new value: one line.
        value: String,
    },
    /// Adds a timeline line in its place by time.
    Note {
        /// When.
        at: DateTime<Utc>,
        /// The words.
        text: String,
    },
    /// Adds a milestone's line in its place by time.
    Milestone {
        /// Which.
        milestone: Milestone,
        /// When.
        at: DateTime<Utc>,
        /// What follows the phrase after ` - `.
        detail: Option<String>,
    },
    /// Writes a section's prose: a placeholder is replaced, what people wrote is added to.
    Prose {
        /// Which.
        section: SectionName,
        /// The text, any number of lines.
        text: String,
    },
    /// Ticks an item of the deploy checklist.
    Tick {
        /// Its place in [`Record::checklist`], from 0.
        item: usize,
        /// What shows it.
        evidence: Option<String>,
        /// Who.
        by: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Leaves an item out with a reason.
    Skip {
        /// Its place in [`Record::checklist`], from 0.
        item: usize,
        /// Why.
        reason: String,
        /// Who.
        by: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Opens an item again: the tick, the evidence or the reason go.
    Untick {
        /// Its place in [`Record::checklist`], from 0.
        item: usize,
    },
    /// Adds an open action item.
    Action {
        /// The words.
        text: String,
    },
    /// Ticks the open action item of these words.
    ActionDone {
        /// All its words.
        text: String,
        /// Who.
        by: String,
        /// When.
        at: DateTime<Utc>,
    },
}

/// The record after a change, with Status and Duration computed anew.
///
/// Everything else keeps its bytes. What changes nothing gives the record back as it is: an item
/// number that is not there, a tick on a ticked item, a text that stands there already.
pub fn apply(record: &Record, change: &Change) -> Record {
    let changed = match change {
        Change::Field { field, value } => fields::set(record, *field, value),
        Change::Note { at, text } => entries::add(record, *at, text),
        Change::Milestone {
            milestone,
            at,
            detail,
        } => entries::milestone(record, *milestone, *at, detail.as_deref()),
        Change::Prose { section, text } => prose::set(record, *section, text),
        Change::Tick {
            item,
            evidence,
            by,
            at,
        } => items::tick(record, *item, evidence.as_deref(), by, *at),
        Change::Skip {
            item,
            reason,
            by,
            at,
        } => items::skip(record, *item, reason, by, *at),
        Change::Untick { item } => items::untick(record, *item),
        Change::Action { text } => items::action(record, text),
        Change::ActionDone { text, by, at } => items::action_done(record, text, by, *at),
    };
    match changed {
        Some(changed) => settled(changed),
        None => record.clone(),
    }
}

/// The record with Status and Duration as its timeline has them.
///
/// A record without a milestone says nothing about either, so whatever a person wrote stays; a
/// missing line is added only to a record of ours, which names a branch or a base.
pub(super) fn settled(record: Record) -> Record {
    if !record.has_milestones() {
        return record;
    }
    let mut patches = Vec::new();
    let mut missing = Vec::new();
    for (field, value) in computed(&record) {
        match record.placed(field) {
            Some(_) if record.field(field) == Some(value.as_str()) => {}
            Some(placed) => patches.push(fields::replacement(&record, placed, &value)),
            None => missing.push((field, value)),
        }
    }
    let is_ours = [Field::Branch, Field::Base]
        .into_iter()
        .any(|field| record.placed(field).is_some());
    let mut record = with(record, patches);
    for (field, value) in missing.into_iter().filter(|_| is_ours) {
        record = fields::set(&record, field, &value).unwrap_or(record);
    }
    record
}

fn computed(record: &Record) -> Vec<(Field, String)> {
    let mut fields = vec![(Field::Status, record.status().words().to_owned())];
    if let Some(from) = record.reached(Milestone::Detected) {
        let ends = [Milestone::Resolved, Milestone::Abandoned];
        let end = ends.into_iter().filter_map(|m| record.reached(m)).max();
        let until = match end.filter(|_| !record.is_open()) {
            Some(end) => format!("{} ({})", stamp(end), span(end - from)),
            None => "ongoing".to_owned(),
        };
        fields.push((Field::Duration, format!("{} - {until}", stamp(from))));
    }
    fields
}

/// The record with some bytes replaced.
fn with(record: Record, patches: Vec<Patch>) -> Record {
    if patches.is_empty() {
        return record;
    }
    Record::parse(patched(record.text(), patches))
}

#[cfg(test)]
mod tests;
