//! The header: bold key-value lines, and where their values stand.

use super::layout::Layout;
use super::text::{bullet, is_placeholder};
use serde::Serialize;
use std::ops::Range;

/// A header line, `**Name**: value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Field {
    /// `**Date**`: the UTC day.
    Date,
    /// `**Duration**`: from detection to resolution; computed.
    Duration,
    /// `**Severity**`: e.g. `P0`.
    Severity,
    /// `**Impact**`: who notices what.
    Impact,
    /// `**Status**`: computed from the timeline.
    Status,
    /// `**Branch**`: the hotfix branch.
    Branch,
    /// `**Base**`: what the hotfix starts from, `v2.3.1 (1a3e64c6c4)`.
    Base,
    /// `**Task**`: the tracker's id.
    Task,
    /// `**Affected**`, in Investigation.
    Affected,
    /// `**Started**`, in Investigation: when it started.
    Started,
    /// `**Trend**`, in Investigation.
    Trend,
    /// `**Recent changes**`, in Investigation.
    RecentChanges,
}

impl Field {
    /// The fields below the title, in the template's order.
    pub const HEADER: [Field; 8] = [
        Field::Date,
        Field::Duration,
        Field::Severity,
        Field::Impact,
        Field::Status,
        Field::Branch,
        Field::Base,
        Field::Task,
    ];

    /// The fields of the Investigation section, in the template's order.
    pub const INVESTIGATION: [Field; 4] = [
        Field::Affected,
        Field::Started,
        Field::Trend,
        Field::RecentChanges,
    ];

    /// The bold word: `Severity`, `Recent changes`.
    pub fn key(self) -> &'static str {
        match self {
            Field::Date => "Date",
            Field::Duration => "Duration",
            Field::Severity => "Severity",
            Field::Impact => "Impact",
            Field::Status => "Status",
            Field::Branch => "Branch",
            Field::Base => "Base",
            Field::Task => "Task",
            Field::Affected => "Affected",
            Field::Started => "Started",
            Field::Trend => "Trend",
            Field::RecentChanges => "Recent changes",
        }
    }

    /// Whether it belongs to the Investigation section.
    pub fn is_investigation(self) -> bool {
        Field::INVESTIGATION.contains(&self)
    }

    /// The fields of the same place, in the template's order.
    pub(super) fn siblings(self) -> &'static [Field] {
        if self.is_investigation() {
            &Field::INVESTIGATION
        } else {
            &Field::HEADER
        }
    }

    /// The bracketed text that stands for no value.
    pub(super) fn placeholder(self) -> &'static str {
        match self {
            Field::Impact => "[description]",
            Field::Affected => "[who or what is affected]",
            Field::Started => "[when it started]",
            Field::Trend => "[is it getting worse]",
            Field::RecentChanges => "[what changed recently]",
            _ => "[none]",
        }
    }

    fn from_key(key: &str) -> Option<Field> {
        let words = || key.split_whitespace();
        Field::HEADER
            .into_iter()
            .chain(Field::INVESTIGATION)
            .find(|field| {
                let known = field.key().split_whitespace();
                words().count() == known.clone().count()
                    && words().zip(known).all(|(a, b)| a.eq_ignore_ascii_case(b))
            })
    }
}

/// Where a field stands.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) field: Field,
    /// From 0.
    pub(super) line: usize,
    /// The value's bytes, trimmed; empty behind the key when there is none.
    pub(super) value: Range<usize>,
}

/// The field a line states, and its value's bytes within the line.
///
/// `**Key**: value`, `**Key:** value`, `__Key__ value`, with or without a list marker.
pub(super) fn key_value(line: &str) -> Option<(Field, Range<usize>)> {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let from = bullet(line).max(indent);
    let rest = &line[from..];
    let bold = ["**", "__"].into_iter().find(|b| rest.starts_with(b))?;
    let len = rest[2..].find(bold)?;
    let key = rest[2..2 + len].trim();
    let bare_key = key.strip_suffix(':').unwrap_or(key);
    let field = Field::from_key(bare_key)?;
    let mut at = from + 2 + len + 2;
    if bare_key.len() == key.len() {
        let after = line[at..].trim_start();
        if let Some(value) = after.strip_prefix(':') {
            at = line.len() - value.len();
        }
    }
    let value = line[at..].trim();
    let start = if value.is_empty() {
        at
    } else {
        line.len() - line[at..].trim_start().len()
    };
    Some((field, start..start + value.len()))
}

/// The fields among some lines; of two lines for one field the first counts.
pub(super) fn read(text: &str, layout: &Layout, lines: Range<usize>, into: &mut Vec<Placed>) {
    for line in lines {
        if !layout.is_open(line) {
            continue;
        }
        let Some((field, value)) = key_value(layout.bare(text, line)) else {
            continue;
        };
        if into.iter().all(|placed| placed.field != field) {
            let start = layout.lines[line].start;
            into.push(Placed {
                field,
                line,
                value: start + value.start..start + value.end,
            });
        }
    }
}

/// A value, unless it is a placeholder or nothing.
pub(super) fn given(value: &str) -> Option<&str> {
    (!value.is_empty() && !is_placeholder(value)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colons_may_stand_inside_outside_or_be_missing() {
        for line in [
            "**Severity**: P0",
            "**severity:** P0",
            "- __SEVERITY__ P0  ",
            "  * **Severity** : P0",
        ] {
            let (field, value) = key_value(line).unwrap();
            assert_eq!((field, &line[value]), (Field::Severity, "P0"), "{line}");
        }
        let (field, value) = key_value("**Recent  changes**: : a **b**").unwrap();
        assert_eq!(field, Field::RecentChanges);
        assert_eq!(value, 21..30);
    }

    #[test]
    fn other_bold_words_are_no_fields() {
        for line in [
            "**Sev**: P0",
            "Severity: P0",
            "**Severity",
            "****",
            "text **Date**: x",
        ] {
            assert_eq!(key_value(line), None, "{line}");
        }
    }
}
