//! Names: the slug, the incident's id, the hotfix branch.

use chrono::{DateTime, NaiveDate, Utc};

/// The longest slug in bytes: with a prefix and a day it still fits every file system.
const SLUG_BYTES: usize = 60;

/// A word boundary before this byte would throw away more than it tidies.
const SHORTEST_CUT: usize = 20;

/// Names Windows keeps for devices, whatever the extension: no file or ref can have them there.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The slug of a description: lower case, words joined by `-`, at most 60 bytes, never empty.
pub fn slug(description: &str) -> String {
    let mut slug = words_joined(description);
    cut(&mut slug);
    if slug.is_empty() {
        return "incident".to_owned();
    }
    if is_device(&slug) {
        slug.push_str("-incident");
    }
    slug
}

fn words_joined(description: &str) -> String {
    let mut out = String::with_capacity(description.len());
    for c in description.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !joins(c) && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// Characters inside a word that leave no gap: apostrophes, and accents that stand apart from
/// their letter (as macOS writes them).
fn joins(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2019}' | '\u{02BC}' | '\u{0300}'
            ..='\u{036F}' | '\u{200C}' | '\u{200D}' | '\u{FE0F}'
    )
}

fn cut(slug: &mut String) {
    if slug.len() <= SLUG_BYTES {
        return;
    }
    let mut end = SLUG_BYTES;
    while !slug.is_char_boundary(end) {
        end -= 1;
    }
    if !slug[end..].starts_with('-')
        && let Some(boundary) = slug[..end].rfind('-')
        && boundary >= SHORTEST_CUT
    {
        end = boundary;
    }
    slug.truncate(end);
    slug.truncate(slug.trim_end_matches('-').len());
}

fn is_device(slug: &str) -> bool {
    let numbered = ["com", "lpt"].iter().any(|port| {
        slug.strip_prefix(port).is_some_and(|rest| {
            let mut rest = rest.chars();
            let number = rest.next();
            number.is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'))
                && rest.next().is_none()
        })
    });
    numbered || DEVICES.contains(&slug)
}

/// An incident's id: its UTC day and its slug.
pub fn incident_id(detected: DateTime<Utc>, slug: &str) -> String {
    format!("{}-{slug}", detected.format("%Y-%m-%d"))
}

/// The slug of an id, without the day; the whole when there is no day.
pub fn slug_of_id(id: &str) -> &str {
    match (id.get(..10), id.get(10..)) {
        (Some(day), Some(rest)) if is_day(day) => match rest.strip_prefix('-') {
            Some(slug) if !slug.is_empty() => slug,
            _ => id,
        },
        _ => id,
    }
}

fn is_day(text: &str) -> bool {
    let shape = text.bytes().enumerate().all(|(at, b)| match at {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    });
    shape && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// Whether a subject is git's, or a forge's, for the merge of a branch.
pub fn is_merge_of(subject: &str, branch: &str) -> bool {
    merged(subject).is_some_and(|name| name == branch || without_owner(name) == Some(branch))
}

/// Whether a merge's first line names a branch with this prefix.
pub fn is_merge_below(subject: &str, prefix: &str) -> bool {
    let is_below = |name: &str| name.len() > prefix.len() && name.starts_with(prefix);
    merged(subject).is_some_and(|name| is_below(name) || without_owner(name).is_some_and(is_below))
}

/// The branch that a merge's first line names, maybe behind the name of its owner or remote.
fn merged(subject: &str) -> Option<&str> {
    let quoted = subject
        .strip_prefix("Merge branch '")
        .or_else(|| subject.strip_prefix("Merge remote-tracking branch '"));
    match quoted {
        Some(rest) => rest.split('\'').next(),
        // `Merge pull request #12 from shop/hotfix/login`
        None => subject
            .strip_prefix("Merge pull request #")
            .and_then(|rest| rest.split_once(" from "))
            .map(|(_, name)| name.trim_end()),
    }
}

fn without_owner(name: &str) -> Option<&str> {
    name.split_once('/').map(|(_, rest)| rest)
}

/// Why a name cannot be a branch's, by git-check-ref-format(1); nothing when it can.
pub fn fault(branch: &str) -> Option<String> {
    let why = whole_fault(branch).or_else(|| branch.split('/').find_map(part_fault))?;
    Some(why.to_owned())
}

fn whole_fault(branch: &str) -> Option<&'static str> {
    if branch.is_empty() {
        return Some("the name is empty");
    }
    if branch == "@" || branch == "HEAD" {
        return Some("git keeps this name for itself");
    }
    if branch.starts_with('-') {
        return Some("a name cannot begin with '-'");
    }
    if branch.ends_with('.') {
        return Some("a name cannot end with '.'");
    }
    if branch.contains("..") {
        return Some("a name cannot hold '..'");
    }
    if branch.contains("@{") {
        return Some("a name cannot hold '@{'");
    }
    if branch.contains(' ') {
        return Some("a name cannot hold a space");
    }
    if branch.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return Some("a name cannot hold control characters");
    }
    if branch.contains(['~', '^', ':', '?', '*', '[', '\\']) {
        return Some("a name cannot hold any of ~ ^ : ? * [ \\");
    }
    None
}

fn part_fault(part: &str) -> Option<&'static str> {
    if part.is_empty() {
        return Some("'/' stands at the beginning, at the end or twice in a row");
    }
    if part.starts_with('.') {
        return Some("no part of a name can begin with '.'");
    }
    if part.ends_with(".lock") {
        return Some("no part of a name can end with '.lock'");
    }
    None
}

/// The first of `name`, `name-2`, `name-3`, … that is not taken.
pub fn free(name: &str, mut taken: impl FnMut(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    let mut number = 2_usize;
    loop {
        let candidate = format!("{name}-{number}");
        if !taken(&candidate) {
            return candidate;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use proptest::prelude::*;

    #[test]
    fn a_description_becomes_words() {
        let cases = [
            (
                "Users can't login - 500 error on auth endpoint",
                "users-cant-login-500-error-on-auth-endpoint",
            ),
            ("Users can’t login", "users-cant-login"),
            ("  --API__down!!  ", "api-down"),
            ("🔥 prod 🔥 is on fire 🔥", "prod-is-on-fire"),
            ("Größe falsch", "größe-falsch"),
            ("Cafe\u{301} down", "cafe-down"),
            ("支付 失败", "支付-失败"),
            ("", "incident"),
            ("🔥🔥", "incident"),
            ("...", "incident"),
            ("refs.lock", "refs-lock"),
            ("a/b\\c:d", "a-b-c-d"),
            ("CON", "con-incident"),
            ("nul", "nul-incident"),
            ("com1", "com1-incident"),
            ("LPT9", "lpt9-incident"),
            ("com10", "com10"),
            ("console", "console"),
        ];
        for (description, expected) in cases {
            assert_eq!(slug(description), expected, "{description:?}");
        }
    }

    #[test]
    fn a_long_slug_ends_at_a_word_where_it_can() {
        let long = "payments fail for every customer in the european region since noon";
        assert_eq!(
            slug(long),
            "payments-fail-for-every-customer-in-the-european-region"
        );
        assert_eq!(slug(&"x".repeat(200)), "x".repeat(60));
        assert_eq!(
            slug(&format!("a {}", "é".repeat(100))),
            format!("a-{}", "é".repeat(29))
        );
        let exact = format!("{} {}", "a".repeat(30), "b".repeat(29));
        assert_eq!(slug(&exact).len(), 60);
        assert_eq!(slug(&format!("{exact} more")).len(), 60);
    }

    #[test]
    fn an_id_is_day_and_slug() {
        let at = Utc.with_ymd_and_hms(2026, 11, 22, 23, 59, 59).unwrap();
        let id = incident_id(at, "users-cant-login");
        assert_eq!(id, "2026-11-22-users-cant-login");
        assert_eq!(slug_of_id(&id), "users-cant-login");
        for whole in [
            "login",
            "2026-11-22",
            "2026-11-22-",
            "2026-13-45-x",
            "20261-1-22-x",
            "",
        ] {
            assert_eq!(slug_of_id(whole), whole);
        }
        assert_eq!(slug_of_id("支付支付支付-x"), "支付支付支付-x");
    }

    #[test]
    fn names_git_refuses() {
        let bad = [
            "", "@", "HEAD", "-x", "a b", "a..b", "a~", "a^", "a:b", "a?", "a*", "a[b", "a\\b",
            "a@{b", ".a", "a/.b", "a.lock", "a.lock/b", "/a", "a/", "a//b", "a.", "a\u{7f}",
            "a\tb",
        ];
        for name in bad {
            assert!(fault(name).is_some(), "{name:?}");
        }
        for name in [
            "main",
            "hotfix/a",
            "a@b",
            "@a",
            "a/@",
            "release/1.2",
            "größe",
            "a]b",
            "HEAD/x",
        ] {
            assert_eq!(fault(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_merge_is_known_by_its_subject() {
        for subject in [
            "Merge branch 'hotfix/a'",
            "Merge branch 'hotfix/a' into develop",
            "Merge remote-tracking branch 'origin/hotfix/a'",
            "Merge pull request #12 from shop/hotfix/a",
        ] {
            assert!(is_merge_of(subject, "hotfix/a"), "{subject}");
        }
        for subject in [
            "Merge branch 'hotfix/ab'",
            "Merge branch 'main' into hotfix/a",
            "Merge tag 'hotfix/a'",
            "Merge pull request #12 from shop/hotfix/b",
            "hotfix/a",
        ] {
            assert!(!is_merge_of(subject, "hotfix/a"), "{subject}");
        }
        let below = |subject| is_merge_below(subject, "hotfix/");
        assert!(
            below("Merge branch 'hotfix/ab'") && below("Merge pull request #1 from x/hotfix/b")
        );
        assert!(!below("Merge branch 'hotfix/'") && !below("Merge branch 'main' into hotfix/a"));
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        assert_eq!(free("a", |_| false), "a");
        assert_eq!(free("a", |name| ["a", "a-2"].contains(&name)), "a-3");
    }

    proptest! {
        #[test]
        fn every_slug_makes_a_branch(description in any::<String>()) {
            let slug = slug(&description);
            prop_assert!(!slug.is_empty() && slug.len() <= SLUG_BYTES);
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
            prop_assert_eq!(fault(&format!("hotfix/{slug}")), None);
            prop_assert_eq!(fault(&slug), None);
        }

        #[test]
        fn a_slug_stays_as_it_is(description in any::<String>()) {
            let once = slug(&description);
            prop_assert_eq!(slug(&once), once);
        }
    }
}
