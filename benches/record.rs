//! Reading, changing and merging a record, by the number of its timeline lines.
//!
//! The time must grow in proportion to the size: ten times the lines, ten times the time.

use chrono::{DateTime, TimeDelta, Utc};
use divan::{Bencher, black_box};
use git_hotfix::record::{Change, Record, Template, apply, merge, when::stamp};

fn main() {
    divan::main();
}

const LINES: [usize; 3] = [10, 1_000, 100_000];

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_356_331, 0).unwrap_or_default()
}

/// A record with that many lines, every `skip`th left out.
fn record(lines: usize, skip: usize) -> String {
    let checklist: Vec<String> = Template::CHECKLIST.map(str::to_owned).into();
    let fresh = Template {
        description: "Users can't login",
        detected: start(),
        severity: "P0",
        branch: "hotfix/users-cant-login",
        base: "v2.3.1 (1a3e64c6c4)",
        task: None,
        checklist: &checklist,
        sections: &[],
    }
    .render();
    let timeline: String = (1..=lines)
        .filter(|line| line % skip != 0)
        .map(|line| {
            let at = start() + TimeDelta::seconds(i64::try_from(line).unwrap_or(0));
            format!("- {}: line {line} of `auth` says **no**\n", stamp(at))
        })
        .collect();
    fresh.replace("\n\n## Root Cause", &format!("\n{timeline}\n## Root Cause"))
}

#[divan::bench(args = LINES)]
fn parse(bencher: Bencher, lines: usize) {
    let text = record(lines, usize::MAX);
    bencher.bench(|| Record::parse(black_box(text.as_str())));
}

#[divan::bench(args = LINES)]
fn note(bencher: Bencher, lines: usize) {
    let record = Record::parse(record(lines, usize::MAX));
    let change = Change::Note {
        at: start() + TimeDelta::seconds(i64::try_from(lines / 2).unwrap_or(0)),
        text: "somebody looked".to_owned(),
    };
    bencher.bench(|| apply(black_box(&record), black_box(&change)));
}

#[divan::bench(args = LINES)]
fn merged(bencher: Bencher, lines: usize) {
    let base = record(lines, 2);
    let (ours, theirs) = (record(lines, 3), record(lines, 5));
    bencher.bench(|| merge(black_box(&base), black_box(&ours), black_box(&theirs)));
}
