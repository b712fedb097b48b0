//! What makes a postmortem complete: PM01 to PM05.

use super::sections::{Body, body_lines};
use super::text::{content, is_placeholder};
use super::when::{read_stamp, stamp};
use super::{Field, Finding, Item, ItemState, Level, Milestone, Record, SectionName};

/// The sections a postmortem cannot do without, and the command that fills each.
const REQUIRED: [(SectionName, &str); 6] = [
    (
        SectionName::Mitigation,
        "git hotfix mitigate rollback \"…\"",
    ),
    (SectionName::Timeline, "git hotfix edit"),
    (SectionName::RootCause, "git hotfix cause \"…\""),
    (SectionName::Resolution, "git hotfix resolve \"…\""),
    (SectionName::Lessons, EDIT),
    (SectionName::Actions, EDIT),
];

const EDIT: &str = "git hotfix edit";

/// The findings, by line; those about the whole record first.
pub fn lint(record: &Record) -> Vec<Finding> {
    let mut findings = conflicts(record);
    let missing = missing(record);
    let reported: Vec<usize> = missing.iter().filter_map(|finding| finding.line).collect();
    findings.extend(missing);
    findings.extend(placeholders(record, &reported));
    findings.extend(open_items(record));
    findings.extend(times(record));
    findings.extend(order(record));
    findings.sort_by_key(|finding| (finding.line, finding.id));
    findings
}

fn finding(id: &'static str, line: Option<usize>, message: String, remedy: &str) -> Finding {
    Finding {
        id,
        level: Level::Block,
        line,
        commit: None,
        message,
        remedy: Some(remedy.to_owned()),
    }
}

/// Places where a merge left it to a person.
fn conflicts(record: &Record) -> Vec<Finding> {
    let starts = |line: &&usize| {
        let layout = record.layout();
        layout
            .bare(record.text(), **line - 1)
            .starts_with("<<<<<<<")
    };
    let lines = record.conflict_lines();
    let mut places: Vec<usize> = lines.iter().filter(starts).copied().collect();
    if places.is_empty() {
        // What is left of a conflict half mended.
        places.extend(lines.first());
    }
    let message = "two versions of the record differ here: keep what is right, delete the markers";
    places
        .into_iter()
        .map(|line| finding("record-conflict", Some(line), message.to_owned(), EDIT))
        .collect()
}

/// PM01: title, date, severity, impact and the required sections are there and not empty.
fn missing(record: &Record) -> Vec<Finding> {
    let mut findings = Vec::new();
    if record.title().is_none() {
        let line = record.title_line().map(|line| line + 1);
        findings.push(finding("PM01", line, "no title".to_owned(), EDIT));
    }
    for (field, remedy) in [
        (Field::Date, EDIT),
        (Field::Severity, "git hotfix severity P1"),
        (Field::Impact, "git hotfix impact \"…\""),
    ] {
        if record.field(field).is_none() {
            let message = format!("{} is not set", field.key());
            findings.push(finding("PM01", record.field_line(field), message, remedy));
        }
    }
    for (name, remedy) in REQUIRED {
        let (is, line) = match record.section(name) {
            Some(_) if is_filled(record, name) => continue,
            Some(section) => ("is empty", Some(section.line)),
            None => ("is missing", None),
        };
        let message = format!("the section '{}' {is}", name.title());
        findings.push(finding("PM01", line, message, remedy));
    }
    findings
}

/// Whether a required section says something; a timeline does so by its entries alone.
fn is_filled(record: &Record, name: SectionName) -> bool {
    match name {
        SectionName::Timeline => !record.timeline().is_empty(),
        name => record.prose(name).is_some(),
    }
}

/// PM02: no placeholder is left. What PM01 reported as empty is not reported again.
fn placeholders(record: &Record, reported: &[usize]) -> Vec<Finding> {
    let (text, layout) = (record.text(), record.layout());
    let mut silent = vec![false; layout.lines.len()];
    let quiet = |line: usize, silent: &mut Vec<bool>| {
        if let Some(line) = silent.get_mut(line) {
            *line = true;
        }
    };
    // A record without a tracker has no task to name.
    for line in record
        .field_line(Field::Task)
        .into_iter()
        .chain(reported.iter().copied())
    {
        quiet(line - 1, &mut silent);
    }
    for section in record.sections() {
        if reported.contains(&section.line) {
            let hints = body_lines(text, layout, layout.lines_in(&section.body));
            for (line, _) in hints.filter(|(_, body)| *body == Body::Placeholder) {
                quiet(line, &mut silent);
            }
        }
    }
    let lines = (0..layout.lines.len()).filter(|&line| layout.is_open(line) && !silent[line]);
    lines
        .filter_map(|line| {
            let left = placeholder(layout.bare(text, line))?;
            let message = format!("a placeholder is left: {left}");
            Some(finding(
                "PM02",
                Some(line + 1),
                message,
                remedy(record, line),
            ))
        })
        .collect()
}

/// The commands that answer Investigation's questions.
const INVESTIGATION: [(Field, &str); 4] = [
    (Field::Affected, "git hotfix impact --affected \"…\""),
    (Field::Started, "git hotfix impact --started 14:05"),
    (Field::Trend, "git hotfix impact --trend better"),
    (Field::RecentChanges, "git hotfix changes"),
];

/// The command that fills the place a line is in.
fn remedy(record: &Record, line: usize) -> &'static str {
    let of_line = |(field, _): &&(Field, _)| record.field_line(*field) == Some(line + 1);
    if let Some((_, remedy)) = INVESTIGATION.iter().find(of_line) {
        return remedy;
    }
    let before = record
        .sections()
        .partition_point(|section| section.line <= line + 1);
    let section = before.checked_sub(1).map(|at| &record.sections()[at]);
    let name = section.and_then(|section| section.name);
    let known = REQUIRED
        .iter()
        .find(|(required, _)| Some(*required) == name);
    known.map_or(EDIT, |(_, remedy)| *remedy)
}

/// The placeholder a line holds: a value or a whole line in brackets, or a mark that something is
/// still to be written.
fn placeholder(line: &str) -> Option<String> {
    let value = super::header::key_value(line).map_or(content(line), |(_, range)| &line[range]);
    if is_placeholder(value) {
        return Some(value.to_owned());
    }
    let line = without_code(line);
    if let Some((_, rest)) = line.split_once("{{") {
        let inner = rest.split_once("}}").map_or(rest, |(inner, _)| inner);
        return Some(format!("{{{{{inner}}}}}"));
    }
    let lower = line.to_lowercase();
    if lower.contains("lorem ipsum") {
        return Some("lorem ipsum".to_owned());
    }
    let mut words = line.split(|c: char| c.is_whitespace() || ",;:()|*".contains(c));
    words.find(|word| is_mark(word)).map(str::to_owned)
}

fn is_mark(word: &str) -> bool {
    let bare = word.trim_end_matches(['.', '!']);
    let all = |mark: char, least: usize| bare.len() >= least && bare.chars().all(|c| c == mark);
    let date = bare.len() == 10
        && (bare.ends_with("-MM-DD") || bare.to_ascii_lowercase().starts_with("20xx-"));
    all('?', 2) || all('X', 3) || bare == "TBD" || date
}

/// A line without its inline code, which may name any placeholder.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// PM03: no deploy item is open without a reason.
fn open_items(record: &Record) -> Vec<Finding> {
    let items = record.checklist().iter().enumerate();
    items
        .filter(|(_, item)| item.state == ItemState::Open)
        .map(|(at, item)| {
            let message = format!(
                "'{}' is neither ticked nor skipped with a reason",
                item.label
            );
            let name = item_name(record.checklist(), at);
            let remedy = match item.optional {
                true => format!("git hotfix check {name} --skip --reason \"…\""),
                false => format!("git hotfix check {name}"),
            };
            finding("PM03", Some(item.line), message, &remedy)
        })
        .collect()
}

/// What `check` takes for an item: its words, or its number where they could be taken for something
/// else, by a shell or by `check`.
fn item_name(items: &[Item], at: usize) -> String {
    let label = &items[at].label;
    let plain = |c: char| c.is_alphanumeric() || " ,.:()/+_-".contains(c);
    let begins = label.chars().next().is_some_and(char::is_alphabetic);
    let fits = |item: &&Item| item.label.to_lowercase().contains(&label.to_lowercase());
    if begins && label.chars().all(plain) && items.iter().filter(fits).count() == 1 {
        format!("\"{label}\"")
    } else {
        (at + 1).to_string()
    }
}

/// PM04: every time has an offset or `Z`.
fn times(record: &Record) -> Vec<Finding> {
    let layout = record.layout();
    let untimed = record.timeline().iter().filter(|entry| entry.at.is_none());
    untimed
        .filter_map(|entry| {
            let raw = layout.bare(record.text(), entry.line - 1);
            let raw = content(raw.trim_start_matches(['|', ' ', '\t']));
            let words: Vec<&str> = raw.split_whitespace().take(4).collect();
            let time = words
                .iter()
                .position(|word| is_clock(word) || is_day(word))?;
            let message = match words[time + 1..].iter().find_map(|word| zone_name(word)) {
                Some(zone) => format!("the time names the bare zone {zone}: write it with Z"),
                None => format!("'{}' is no full time with Z", words[time]),
            };
            Some(finding("PM04", Some(entry.line), message, EDIT))
        })
        .collect()
}

fn is_clock(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let Some((hour, rest)) = word.split_once(':') else {
        return false;
    };
    (1..=2).contains(&hour.len())
        && hour.bytes().all(|b| b.is_ascii_digit())
        && rest.bytes().take(2).filter(u8::is_ascii_digit).count() == 2
}

fn is_day(word: &str) -> bool {
    let shape: String = word
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    shape.starts_with("0000-00-00")
}

/// An abbreviation such as `PST`, which more than one place uses for different times.
fn zone_name(word: &str) -> Option<&str> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let known = [
        "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "CET", "CEST", "MEZ", "MESZ",
        "BST", "IST", "JST", "AEST", "AEDT", "WET", "WEST", "EET", "EEST", "MSK", "ET", "CT", "MT",
        "PT",
    ];
    known.contains(&word).then_some(word)
}

/// PM05: started, detected, mitigated and resolved follow each other.
fn order(record: &Record) -> Vec<Finding> {
    let line_of = |milestone| {
        let at = record.reached(milestone);
        let mut entries = record.timeline().iter();
        let entry = entries.find(|e| e.milestone == Some(milestone) && e.at == at);
        at.map(|at| (at, entry.map(|e| e.line)))
    };
    let started = record.field(Field::Started).and_then(read_stamp);
    let steps = [
        (
            "started",
            started.map(|at| (at, record.field_line(Field::Started))),
        ),
        ("detected", line_of(Milestone::Detected)),
        ("mitigated", line_of(Milestone::Mitigated)),
        ("resolved", line_of(Milestone::Resolved)),
    ];
    let known: Vec<_> = steps
        .into_iter()
        .filter_map(|(word, step)| step.map(|(at, line)| (word, at, line)))
        .collect();
    known
        .windows(2)
        .filter(|pair| pair[0].1 > pair[1].1)
        .map(|pair| {
            let ((earlier, first, _), (later, second, line)) = (pair[0], pair[1]);
            let message = format!(
                "{later} at {} is before {earlier} at {}",
                stamp(second),
                stamp(first)
            );
            finding("PM05", line, message, EDIT)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: &str = include_str!("../../fixtures/records/fresh.md");
    const COMPLETE: &str = include_str!("../../fixtures/records/complete.md");

    fn found(text: &str) -> Vec<(&'static str, Option<usize>)> {
        let findings = lint(&Record::parse(text));
        findings.iter().map(|f| (f.id, f.line)).collect()
    }

    #[test]
    fn a_complete_record_has_no_finding() {
        assert_eq!(lint(&Record::parse(COMPLETE)), []);
    }

    #[test]
    fn a_fresh_record_names_each_gap_once() {
        let line = |text: &str| Some(FRESH.lines().position(|l| l.starts_with(text)).unwrap() + 1);
        let mut expected = vec![("PM01", line("**Impact**"))];
        expected.extend(["- **Aff", "- **Sta", "- **Tre", "- **Rec"].map(|l| ("PM02", line(l))));
        expected.extend(
            [
                "- [ ] Root",
                "- [ ] Fix tested l",
                "- [ ] Fix tested in",
                "- [ ] Roll",
                "- [ ] Mon",
            ]
            .map(|l| ("PM03", line(l))),
        );
        expected.extend(
            ["## Mit", "## Root", "## Reso", "## Less", "## Act"].map(|l| ("PM01", line(l))),
        );
        assert_eq!(found(FRESH), expected);
    }

    #[test]
    fn an_empty_text_misses_everything() {
        let ids = found("");
        assert_eq!(ids.len(), 10);
        assert!(ids.iter().all(|id| *id == ("PM01", None)));
    }

    #[test]
    fn placeholders_in_code_links_and_boxes_are_none() {
        let with = |line: &str| COMPLETE.replace("The key is migrated on first read.", line);
        for line in [
            "```\n[hint] TBD\n```",
            "[text](url)",
            "[^1]",
            "- [x] done",
            "`TBD` stays",
            "Really?",
            "see [ABC-12] there",
        ] {
            assert_eq!(found(&with(line)), [], "{line}");
        }
        for line in [
            "a\n\n[hint]",
            "owner: TBD.",
            "a ?? b",
            "XXX",
            "{{ name }}",
            "Lorem ipsum",
            "on 20xx-MM-DD",
        ] {
            let ids = found(&with(line));
            assert_eq!(ids.len(), 1, "{line} {ids:?}");
            assert_eq!(ids[0].0, "PM02", "{line}");
        }
    }

    #[test]
    fn times_without_a_zone_and_bare_zones_are_named() {
        let add = |line: &str| {
            COMPLETE
                .replace("## Root Cause", &format!("{line}\n\n## Root Cause"))
                .replace("\n\n- ", "\n- ")
        };
        for (line, words) in [
            ("- 2026-11-22 14:05 PST: a", "zone PST"),
            ("- 14:05 - a", "'14:05' is no full time"),
            ("- 2026-11-22 14:05: a", "is no full time"),
        ] {
            let record = Record::parse(add(line));
            let findings = lint(&record);
            let found: Vec<_> = findings.iter().filter(|f| f.id == "PM04").collect();
            assert_eq!(found.len(), 1, "{line}");
            assert!(found[0].message.contains(words), "{}", found[0].message);
        }
    }

    #[test]
    fn steps_out_of_order_are_named() {
        let text = COMPLETE.replace("2026-11-22 13:58:00Z", "2026-11-22 14:58:00Z");
        let findings = lint(&Record::parse(text));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].id, "PM05");
    }

    #[test]
    fn conflict_markers_block() {
        let text = include_str!("../../fixtures/records/conflict.md");
        let findings = lint(&Record::parse(text));
        assert_eq!(findings.len(), 1);
        assert_eq!(
            (findings[0].id, findings[0].level),
            ("record-conflict", Level::Block)
        );
    }
}
