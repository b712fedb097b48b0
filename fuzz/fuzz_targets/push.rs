//! What pre-push hands on, read and judged.
//!
//! Input: git's lines, then behind NULs the prefix of hotfix branches, the production branch, HEAD's
//! branch and HEAD's commit; the words of a `git push` are read from all of it.
#![no_main]

use git_hotfix_fuzz::policy::push::{Concern, PushContext, PushedRef, concern, is_dry_run, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|&b| b == 0);
    let lines = parts.next().unwrap_or_default();
    let rest: Vec<String> = parts
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    let part = |at: usize| {
        rest.get(at)
            .map(String::as_str)
            .filter(|part| !part.is_empty())
    };
    check_lines(lines);
    for pushed in parse(lines).unwrap_or_default() {
        for mirror in [false, true] {
            let context = PushContext {
                prefix: part(0).unwrap_or("hotfix/"),
                production: part(1).or(Some("main")),
                head: part(2).or(Some("hotfix/a")),
                head_id: part(3).or(pushed.local_id.as_deref()),
                mirror,
            };
            check_concern(&pushed, &context);
        }
    }
    let words: Vec<String> = String::from_utf8_lossy(data)
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if is_dry_run(&words) {
        assert!(
            words
                .iter()
                .any(|word| word.starts_with('-') && word.contains(['n', 'd']))
        );
    }
});

/// Every line is read, or named as the one that cannot be; what was read can be written and read.
fn check_lines(lines: &[u8]) {
    let text = String::from_utf8_lossy(lines);
    let mut filled = text.lines().filter(|line| !line.is_empty());
    match parse(lines) {
        Ok(pushed) => {
            assert_eq!(pushed.len(), filled.clone().count());
            let written: String = pushed.iter().map(written).collect();
            assert_eq!(parse(written.as_bytes()), Ok(pushed.clone()));
            for (one, line) in pushed.iter().zip(filled) {
                assert!(line.starts_with(&one.local) && line.contains(&one.remote));
            }
        }
        Err(wrong) => {
            assert_eq!(text.lines().nth(wrong.line - 1), Some(wrong.text.as_str()));
            assert!(filled.any(|line| line == wrong.text));
            let before: String = text
                .lines()
                .take(wrong.line - 1)
                .flat_map(|line| [line, "\n"])
                .collect();
            assert!(parse(before.as_bytes()).is_ok());
            assert!(parse(wrong.text.as_bytes()).is_err());
        }
    }
}

fn written(pushed: &PushedRef) -> String {
    let zero = "0".repeat(40);
    let id = |id: &Option<String>| id.clone().unwrap_or_else(|| zero.clone());
    let (local, remote) = (id(&pushed.local_id), id(&pushed.remote_id));
    format!("{} {local} {} {remote}\n", pushed.local, pushed.remote)
}

/// The rows that hold whatever the names are.
fn check_concern(pushed: &PushedRef, context: &PushContext<'_>) {
    let found = concern(pushed, context);
    let branch = pushed.remote.strip_prefix("refs/heads/");
    let is_hotfix = |name: &str| name.starts_with(context.prefix) && name != context.prefix;
    let is_record = ["refs/hotfix/", "refs/heads/hotfix-log/"]
        .iter()
        .any(|place| pushed.remote.starts_with(place));
    if pushed.local_id.is_none() || is_record || context.mirror && branch.is_none() {
        assert_eq!(found, Concern::None);
        return;
    }
    match &found {
        Concern::None => {
            assert!(
                !branch.is_some_and(|name| is_hotfix(name) || context.production == Some(name))
            );
        }
        Concern::Hotfix {
            branch: source,
            shared,
        } => {
            assert!(is_hotfix(source));
            assert!(*shared || !branch.is_some_and(is_hotfix));
            assert!(!pushed.remote.starts_with("refs/tags/"));
        }
        Concern::Production => assert_eq!(branch, context.production),
        Concern::Tag => assert!(pushed.remote.starts_with("refs/tags/")),
    }
}
