//! Version tags.

use std::cmp::Ordering;

/// Words in front of a version that mark it as not yet released (`rc/1.2`, `nightly-2.0`).
const UNRELEASED: [&str; 9] = [
    "alpha", "beta", "canary", "dev", "nightly", "pre", "preview", "rc", "snapshot",
];

/// A tag taken apart: `release-` `1.4` `-rc1`.
#[derive(Debug)]
struct Version<'a> {
    prefix: &'a str,
    numbers: Vec<&'a str>,
    /// Behind the numbers, without `+build`.
    pre: &'a str,
}

impl<'a> Version<'a> {
    /// The first run of two or more dotted numbers is the version (`k8s-1.2` is 1.2), else the
    /// first number that stands behind `v` or a separator (`v2`, `release-7`).
    fn parse(tag: &'a str) -> Option<Version<'a>> {
        let runs = number_runs(tag);
        let dotted = runs.iter().find(|run| tag[run.0..run.1].contains('.'));
        let single = || runs.iter().find(|run| stands_free(&tag[..run.0]));
        let &(start, end) = dotted.or_else(single)?;
        let rest = &tag[end..];
        Some(Version {
            prefix: &tag[..start],
            numbers: tag[start..end].split('.').collect(),
            pre: rest.split_once('+').map_or(rest, |(pre, _)| pre),
        })
    }
}

/// Byte ranges of `digits(.digits)*`.
fn number_runs(tag: &str) -> Vec<(usize, usize)> {
    let bytes = tag.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut runs = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let start = at;
        while digit(at) || (bytes.get(at) == Some(&b'.') && digit(at + 1)) {
            at += 1;
        }
        runs.push((start, at));
    }
    runs
}

fn stands_free(before: &str) -> bool {
    let before = before.strip_suffix(['v', 'V']).unwrap_or(before);
    !before.ends_with(char::is_alphanumeric)
}

/// The next patch of a version tag, with its prefix and width kept: `v2.3.1` gives `v2.3.2`,
/// `release-1.4` gives `release-1.4.1`; nothing when it holds no version.
///
/// A pre-release gives the release it leads to (`v2.3.1-rc1` gives `v2.3.1`); a build part goes.
pub fn next_patch(tag: &str) -> Option<String> {
    let version = Version::parse(tag)?;
    let mut numbers: Vec<String> = version.numbers.iter().map(|n| (*n).to_owned()).collect();
    if version.pre.is_empty() {
        while numbers.len() < 3 {
            numbers.push("0".to_owned());
        }
        let last = numbers.pop()?;
        let next = last.parse::<u128>().ok()?.checked_add(1)?;
        numbers.push(format!("{next:0width$}", width = last.len()));
    } else if numbers.len() < 2 {
        // `nightly-2026-11-22` is a day, not version 2026.
        return None;
    }
    Some(format!("{}{}", version.prefix, numbers.join(".")))
}

/// Whether a tag's name looks like a release: an optional word and a version of two or more
/// numbers, no pre-release part.
pub fn is_release(tag: &str) -> bool {
    Version::parse(tag).is_some_and(|version| {
        let mut words = version.prefix.split(|c: char| !c.is_alphanumeric());
        version.numbers.len() >= 2
            && version.pre.is_empty()
            && !words.any(|word| UNRELEASED.contains(&word.to_lowercase().as_str()))
    })
}

/// What stands before the version of a release that is the whole product's.
const PLAIN: [&str; 7] = [
    "",
    "v",
    "release-",
    "release/",
    "releases/",
    "rel-",
    "version-",
];

/// The tags that are releases of the product, in the order given.
///
/// A repository of several parts tags each (`parser-0.4.2`), often on the same commit. A prefix from
/// the settings says which are meant; else those with nothing but a `v` or `release-` in front of
/// the version; else those that are called like the first.
pub fn releases<'a>(tags: &'a [String], prefix: &str) -> Vec<&'a str> {
    let family = |tag: &'a str| Some((Version::parse(tag)?.prefix, tag));
    let released = tags
        .iter()
        .map(String::as_str)
        .filter(|tag| is_release(tag));
    let released: Vec<(&str, &str)> = released.filter_map(family).collect();
    let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<&'a str> {
        let of_it = released.iter().filter(|(family, _)| wanted(family));
        of_it.map(|(_, tag)| *tag).collect()
    };
    if !prefix.is_empty() {
        return of(&|family| family == prefix);
    }
    let plain = of(&|family| PLAIN.contains(&family.to_lowercase().as_str()));
    match released.first() {
        Some((first, _)) if plain.is_empty() => of(&|family| family == *first),
        _ => plain,
    }
}

/// Whether a tag is a release of the product by its name alone, as in [`releases`].
pub fn is_of_product(tag: &str, prefix: &str) -> bool {
    let of_it = |family: &str| match prefix.is_empty() {
        true => PLAIN.contains(&family.to_lowercase().as_str()),
        false => family == prefix,
    };
    is_release(tag) && Version::parse(tag).is_some_and(|version| of_it(version.prefix))
}

/// Which of two version tags is the later one, by their numbers.
///
/// Missing numbers are zero, a pre-release comes before its release, a tag without a version before
/// all others.
pub fn compare(a: &str, b: &str) -> Ordering {
    match (Version::parse(a), Version::parse(b)) {
        (Some(a), Some(b)) => compare_versions(&a, &b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn compare_versions(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    let length = a.numbers.len().max(b.numbers.len());
    let number = |v: &Version<'_>, at: usize| v.numbers.get(at).map_or("0", |n| *n).to_owned();
    (0..length)
        .map(|at| compare_numbers(&number(a, at), &number(b, at)))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| compare_pre(a.pre, b.pre))
}

/// Digits of any length: dates and build numbers outgrow every integer type sooner or later.
fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn compare_pre(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => compare_mixed(a, b),
    }
}

/// `rc2` before `rc10`: words by their letters, numbers by their value.
fn compare_mixed(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (pieces(a).into_iter(), pieces(b).into_iter());
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (Some(x), Some(y)) if is_number(x) && is_number(y) => compare_numbers(x, y),
            (x, y) => x.cmp(&y),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn is_number(piece: &str) -> bool {
    piece.starts_with(|c: char| c.is_ascii_digit())
}

fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text.trim_start_matches(['-', '.', '_']);
    while let Some(first) = rest.chars().next() {
        let kind = first.is_ascii_digit();
        let end = rest
            .find(|c: char| c.is_ascii_digit() != kind)
            .unwrap_or(rest.len());
        out.push(&rest[..end]);
        rest = &rest[end..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn the_products_releases_among_those_of_its_parts() {
        let tags = names(&[
            "ignore-0.4.33",
            "15.1.0",
            "nightly",
            "globset-0.4.20",
            "15.0.0",
        ]);
        assert_eq!(releases(&tags, ""), ["15.1.0", "15.0.0"]);
        assert_eq!(releases(&tags, "globset-"), ["globset-0.4.20"]);
        let tags = names(&["api-1.2.0", "web-3.0.0", "api-1.1.0"]);
        assert_eq!(releases(&tags, ""), ["api-1.2.0", "api-1.1.0"]);
        assert!(releases(&names(&["nightly", "rc-1.0"]), "").is_empty());
    }
    use proptest::prelude::*;

    #[test]
    fn the_next_patch_keeps_prefix_and_width() {
        let cases = [
            ("v2.3.1", Some("v2.3.2")),
            ("2.3.9", Some("2.3.10")),
            ("release-1.4", Some("release-1.4.1")),
            ("v2", Some("v2.0.1")),
            ("git-flow/1.2.3", Some("git-flow/1.2.4")),
            ("k8s-1.2.3", Some("k8s-1.2.4")),
            ("v2.03.09", Some("v2.03.10")),
            ("1.2.3.4", Some("1.2.3.5")),
            ("v2.3.1-rc1", Some("v2.3.1")),
            ("v2.3-rc1", Some("v2.3")),
            ("nightly-2026-11-22", None),
            ("v2.3.1+build.7", Some("v2.3.2")),
            ("2026.11.22", Some("2026.11.23")),
            ("pkg@1.0.0", Some("pkg@1.0.1")),
            ("nightly", None),
            ("s3", None),
            ("", None),
            ("v1.0.99999999999999999999999999999999999999999999", None),
        ];
        for (tag, next) in cases {
            assert_eq!(next_patch(tag).as_deref(), next, "{tag}");
        }
    }

    #[test]
    fn released_or_not() {
        for tag in [
            "v2.3.1",
            "15.1.0",
            "release-1.4",
            "git-flow/1.2.3",
            "pkg@1.0.0",
            "v1.0+b7",
        ] {
            assert!(is_release(tag), "{tag}");
        }
        for tag in [
            "v2.0.0-rc1",
            "v2.0.0rc1",
            "v2",
            "latest",
            "beta-1.2",
            "rc/1.2.3",
            "2026-11-22",
            "",
            "v1.2.x",
        ] {
            assert!(!is_release(tag), "{tag}");
        }
    }

    #[test]
    fn later_is_by_numbers() {
        let ordered = [
            "latest",
            "v1.9",
            "v1.10-rc2",
            "v1.10-rc10",
            "v1.10",
            "v1.10.1",
            "release-2.0",
        ];
        for pair in ordered.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(compare("v1.0", "1.0.0"), Ordering::Equal);
        assert_eq!(compare("v1.01", "v1.1"), Ordering::Equal);
        assert_eq!(compare("latest", "stable"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn the_next_patch_is_later(tag in "[a-z]{0,5}[-/]?[0-9]{1,3}(\\.[0-9]{1,3}){1,3}(-rc[0-9])?") {
            if let Some(next) = next_patch(&tag) {
                prop_assert_eq!(compare(&tag, &next), Ordering::Less, "{} {}", tag, next);
            }
        }

        #[test]
        fn comparing_never_panics_and_turns_round(a in any::<String>(), b in "\\PC*[0-9.]*\\PC*") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            let _ = (next_patch(&a), is_release(&b));
        }
    }
}
