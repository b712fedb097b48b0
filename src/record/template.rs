//! The record as `start` writes it.

use super::checklist::{BEFORE, escape};
use super::text::one_line;
use super::when::stamp;
use super::{Field, Milestone, SectionName, Status};
use chrono::{DateTime, Utc};

/// What a new record is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template<'a> {
    /// The description: the title is its first line, at most 200 characters.
    pub description: &'a str,
    /// When it was detected.
    pub detected: DateTime<Utc>,
    /// e.g. `P0`.
    pub severity: &'a str,
    /// The hotfix branch.
    pub branch: &'a str,
    /// e.g. `v2.3.1 (1a3e64c6c4)`.
    pub base: &'a str,
    /// The tracker's id.
    pub task: Option<&'a str>,
    /// The deploy checklist's items.
    pub checklist: &'a [String],
    /// Titles of the team's own sections, added behind the known ones.
    pub sections: &'a [String],
}

impl Template<'_> {
    /// The items of a checklist when the team has none of its own.
    pub const CHECKLIST: [&'static str; 5] = [
        "Root cause identified",
        "Fix tested locally",
        "Fix tested in staging (if time permits)",
        "Rollback plan ready",
        "Monitoring in place",
    ];

    /// The record's text.
    pub fn render(&self) -> String {
        let mut out = format!("# Postmortem: {}\n\n", title(self.description));
        for field in Field::HEADER {
            let value = self.value(field);
            let value = match value.as_str() {
                "" => field.placeholder(),
                value => value,
            };
            out.push_str(&field_line(field, value));
        }
        for name in SectionName::ALL {
            let body = match name {
                SectionName::Checklist => checklist(self.checklist.iter().map(String::as_str)),
                SectionName::Timeline => self.timeline(),
                name => body(name),
            };
            out.push_str(&format!("\n## {}\n{body}", name.title()));
        }
        for section in self.sections {
            let section = one_line(section);
            if !section.is_empty() {
                out.push_str(&format!("\n## {section}\n[{section}]\n"));
            }
        }
        out
    }

    fn value(&self, field: Field) -> String {
        match field {
            Field::Date => self.detected.format("%Y-%m-%d").to_string(),
            Field::Duration => format!("{} - ongoing", stamp(self.detected)),
            Field::Severity => one_line(self.severity),
            Field::Status => Status::Detected.words().to_owned(),
            Field::Branch => one_line(self.branch),
            Field::Base => one_line(self.base),
            Field::Task => one_line(self.task.unwrap_or_default()),
            _ => String::new(),
        }
    }

    /// The first line, with the whole description when the title could not hold it.
    fn timeline(&self) -> String {
        let whole = one_line(self.description);
        let phrase = Milestone::Detected.phrase();
        let detail = if whole == title(self.description) {
            String::new()
        } else {
            format!(" - {whole}")
        };
        format!("- {}: {phrase}{detail}\n", stamp(self.detected))
    }
}

/// The title a description gives: one line without control characters, at most 200 characters.
pub fn title(description: &str) -> String {
    let first = description
        .split(['\n', '\r'])
        .map(one_line)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let short: String = first.chars().take(200).collect();
    short.trim_end().to_owned()
}

/// `**Key**: value` with its line ending.
fn field_line(field: Field, value: &str) -> String {
    format!("**{}**: {value}\n", field.key())
}

fn checklist<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let mut out = format!("\n{BEFORE}\n\n");
    for item in items.map(escape_skip).filter(|item| !item.is_empty()) {
        out.push_str(&format!("- [ ] {item}\n"));
    }
    out
}

/// A label as one line, in which nothing reads as a reason for skipping it.
fn escape_skip(label: &str) -> String {
    let label = one_line(label);
    match super::checklist::tail(&format!(" {label}")) {
        Some(_) => escape(&label),
        None => label,
    }
}

/// What the template has below a section's heading; a section of its own for a record without it.
pub(super) fn body(name: SectionName) -> String {
    match name {
        SectionName::Investigation => Field::INVESTIGATION
            .into_iter()
            .map(|field| format!("- {}", field_line(field, field.placeholder())))
            .collect(),
        SectionName::Checklist => checklist(Template::CHECKLIST.into_iter()),
        SectionName::Mitigation => "[What was done to reduce impact]\n".to_owned(),
        SectionName::Timeline => String::new(),
        SectionName::RootCause => "[What caused the incident]\n".to_owned(),
        SectionName::Resolution => "[How it was fixed]\n".to_owned(),
        SectionName::Lessons => "- [Lesson 1]\n".to_owned(),
        SectionName::Actions => "- [ ] [Preventive measure 1]\n".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Record;
    use super::*;

    fn items(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|&label| label.to_owned()).collect()
    }

    #[test]
    fn the_shape_is_the_one_its_users_fixed() {
        let text = Template {
            description: "Users can't login - 500 error on auth endpoint",
            detected: "2026-11-22T14:05:31Z".parse().unwrap(),
            severity: "P0",
            branch: "hotfix/users-cant-login-500-error-on-auth-endpoint",
            base: "v2.3.1 (1a3e64c6c4)",
            task: None,
            checklist: &items(&Template::CHECKLIST),
            sections: &[],
        }
        .render();
        assert_eq!(text, include_str!("../../fixtures/records/fresh.md"));
    }

    #[test]
    fn a_long_description_is_kept_whole_in_the_timeline() {
        let description = format!("{}\nsecond\u{1b}[1m line", "x".repeat(300));
        let text = Template {
            description: &description,
            detected: "2026-11-22T14:05:31Z".parse().unwrap(),
            severity: "P1",
            branch: "",
            base: "",
            task: Some("ABC-1"),
            checklist: &items(&["a - skipped: b"]),
            sections: &items(&["Customer\nNotice"]),
        }
        .render();
        let record = Record::parse(text);
        assert_eq!(record.title().unwrap(), "x".repeat(200));
        let detail = Milestone::detail_of(&record.timeline()[0]).unwrap();
        assert_eq!(detail, format!("{} second line", "x".repeat(300)));
        assert_eq!(record.field(Field::Task), Some("ABC-1"));
        assert_eq!(record.field(Field::Branch), None);
        assert_eq!(record.checklist()[0].state, super::super::ItemState::Open);
        assert_eq!(record.sections().last().unwrap().title, "Customer Notice");
    }
}
