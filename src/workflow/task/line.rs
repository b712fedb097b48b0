//! The record's `**Task**` line: `task-d954a355 (ohno)`, `12 (github) https://…`, or a key alone.

use crate::integrations::tracker::{self, Task};
use crate::record::{Field, Record};

/// The task that a record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id, as the tracker knows it.
    pub id: String,
    /// The tracker that has it; nothing when a person wrote the key alone.
    pub tracker: Option<String>,
    /// Its page.
    pub url: Option<String>,
}

impl Line {
    /// What a record says.
    pub fn of(record: &Record) -> Option<Line> {
        Line::parse(record.field(Field::Task)?)
    }

    fn parse(text: &str) -> Option<Line> {
        let mut words = text.split_whitespace();
        let id = words.next()?.trim_start_matches('#').to_owned();
        let mut line = Line {
            id,
            tracker: None,
            url: None,
        };
        for word in words {
            let inner = word.strip_prefix('(').and_then(|w| w.strip_suffix(')'));
            if let Some(inner) = inner {
                line.tracker.get_or_insert(inner.to_owned());
            } else if word.starts_with("https://") || word.starts_with("http://") {
                line.url.get_or_insert(word.to_owned());
            }
        }
        (!line.id.is_empty()).then_some(line)
    }

    /// The line of a task.
    pub fn new(tracker: &str, task: Task) -> Line {
        Line {
            id: task.id,
            tracker: Some(tracker.to_owned()),
            url: task.url,
        }
    }

    /// Whether it can be that tracker's.
    pub fn is_of(&self, tracker: &str) -> bool {
        let other = self.tracker.as_deref().is_some_and(|name| name != tracker);
        !other && tracker::owns(tracker, &self.id)
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.id)?;
        if let Some(tracker) = &self.tracker {
            write!(f, " ({tracker})")?;
        }
        match &self.url {
            Some(url) => write!(f, " {url}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> Line {
        Line::parse(text).unwrap()
    }

    #[test]
    fn a_line_says_which_task_of_which_tracker() {
        for text in [
            "task-d954a355 (ohno)",
            "12 (github) https://github.com/o/r/issues/12",
            "SHOP-812",
        ] {
            assert_eq!(line(text).to_string(), text);
        }
        assert_eq!(line("#12").id, "12");
        assert_eq!(Line::parse("  "), None);
    }

    #[test]
    fn only_what_can_be_a_trackers_is_one() {
        assert!(line("task-d954a355 (ohno)").is_of("ohno"));
        assert!(line("task-d954a355").is_of("ohno"));
        assert!(!line("task-d954a355 (github)").is_of("ohno"));
        assert!(!line("SHOP-812").is_of("ohno"));
        assert!(!line("--help").is_of("ohno"));
        assert!(!line("--web").is_of("github"));
        assert!(!line("https://github.com/else/where/issues/1").is_of("github"));
        assert!(!line("--x (command)").is_of("command"));
        assert!(line("SHOP-812").is_of("command"));
        assert!(!line("SHOP-812").is_of("none"));
    }

    proptest! {
        #[test]
        fn no_line_is_too_odd(text in "\\PC*") {
            if let Some(line) = Line::parse(&text) {
                line.is_of("ohno");
                prop_assert!(!line.to_string().is_empty());
            }
        }
    }
}
