//! The known settings.

/// A setting's name and description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// As in `.hotfix.toml`, e.g. `back-merge`.
    pub name: &'static str,
    /// What it does, one line.
    pub help: &'static str,
    /// It takes several values.
    pub list: bool,
}

const fn one(name: &'static str, help: &'static str) -> Key {
    Key {
        name,
        help,
        list: false,
    }
}

const fn many(name: &'static str, help: &'static str) -> Key {
    Key {
        name,
        help,
        list: true,
    }
}

/// All of them.
pub const KEYS: &[Key] = &[
    one(
        "production",
        "The production branch; empty: the remote's default branch.",
    ),
    many("back-merge", "Branches that get the fix beside production."),
    one(
        "remote",
        "The remote to work with; empty: production's, origin, or the only one.",
    ),
    one(
        "prefix",
        "What the names of hotfix branches begin with; ends in '/', '-' or '_'.",
    ),
    one(
        "postmortems",
        "The folder of the records, below the top of the repository.",
    ),
    one("timeout", "How long a fetch may take: 10, \"10s\", \"2m\"."),
    one("push-timeout", "How long a push may take."),
    one(
        "gate",
        "What the deploy gate does: \"block\", \"warn\" or \"off\".",
    ),
    one(
        "landing",
        "How a fix reaches production: \"merge\" or \"pull-request\".",
    ),
    many(
        "checklist",
        "The items before a deploy; \"(optional)\" behind one makes it so.",
    ),
    many("sections", "Titles of further sections of a record."),
    many("severities", "\"name: meaning: urgency\", gravest first."),
    one(
        "tag-prefix",
        "Stands in front of a version that was given without one.",
    ),
    one(
        "hooks",
        "\"auto\": start, or the first record in a clone, installs them; \"manual\": never.",
    ),
    many(
        "types",
        "Types a fix's commit may have, the first by default: \"fix\", \"perf\".",
    ),
    one(
        "scope",
        "The scope in fix(scope): \"optional\", \"required\" or \"forbidden\".",
    ),
    one(
        "tag",
        "What stands between 'fix: ' and the description; empty: nothing.",
    ),
    one(
        "subject-length",
        "The most characters of a commit's first line; empty: no limit.",
    ),
    many(
        "trailers",
        "Trailers a commit must have; Incident and Severity are filled in.",
    ),
    many(
        "release-branches",
        "Open release branches, which get the fix too, as patterns: \"release/*\".",
    ),
    one(
        "style",
        "How a fix looks in production: \"merge\", \"squash\" or \"fast-forward\".",
    ),
    many(
        "lines",
        "Maintained lines, which 'git hotfix lines' looks at, as patterns: \"stable/*\".",
    ),
    one(
        "forge",
        "\"github\", \"gitlab\", \"bitbucket\", \"gitea\", \"azure\", \"none\"; empty: by the remote's host.",
    ),
    many(
        "updates",
        "How often stakeholders hear of it: \"P0: 15m\", \"P1: 2h\", \"P2: never\"; empty: 15m, 1h, never.",
    ),
];

/// Places in [`KEYS`], for the code that reads the values.
pub(super) mod at {
    pub(crate) const PRODUCTION: usize = 0;
    pub(crate) const BACK_MERGE: usize = 1;
    pub(crate) const REMOTE: usize = 2;
    pub(crate) const PREFIX: usize = 3;
    pub(crate) const POSTMORTEMS: usize = 4;
    pub(crate) const TIMEOUT: usize = 5;
    pub(crate) const PUSH_TIMEOUT: usize = 6;
    pub(crate) const GATE: usize = 7;
    pub(crate) const LANDING: usize = 8;
    pub(crate) const CHECKLIST: usize = 9;
    pub(crate) const SECTIONS: usize = 10;
    pub(crate) const SEVERITIES: usize = 11;
    pub(crate) const TAG_PREFIX: usize = 12;
    pub(crate) const HOOKS: usize = 13;
    pub(crate) const TYPES: usize = 14;
    pub(crate) const SCOPE: usize = 15;
    pub(crate) const TAG: usize = 16;
    pub(crate) const SUBJECT_LENGTH: usize = 17;
    pub(crate) const TRAILERS: usize = 18;
    pub(crate) const RELEASE_BRANCHES: usize = 19;
    pub(crate) const STYLE: usize = 20;
    pub(crate) const LINES: usize = 21;
    pub(crate) const FORGE: usize = 22;
    pub(crate) const UPDATES: usize = 23;
    pub(crate) const COUNT: usize = 24;
}

/// A key's place by its exact name.
pub(super) fn place(name: &str) -> Option<usize> {
    KEYS.iter().position(|key| key.name == name)
}

/// A key's place by its name without dashes or underscores, in any case: git's last part of a key
/// is often written as one word, a variable cannot hold a dash.
pub(super) fn place_of_word(name: &str) -> Option<usize> {
    let letters = |text: &str| {
        text.chars()
            .filter(|c| !matches!(c, '-' | '_'))
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let name = letters(name);
    KEYS.iter().position(|key| letters(key.name) == name)
}

/// The known name that takes the fewest changes to reach.
pub(super) fn nearest(name: &str) -> &'static str {
    nearest_of(name, KEYS.iter().map(|key| key.name))
}

/// The same among these names.
pub(super) fn nearest_of(name: &str, names: impl Iterator<Item = &'static str>) -> &'static str {
    let name = name.to_lowercase().replace('_', "-");
    names
        .min_by_key(|known| distance(&name, known))
        .unwrap_or_default()
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_those_of_the_names() {
        let named = [
            (at::PRODUCTION, "production"),
            (at::BACK_MERGE, "back-merge"),
            (at::REMOTE, "remote"),
            (at::PREFIX, "prefix"),
            (at::POSTMORTEMS, "postmortems"),
            (at::TIMEOUT, "timeout"),
            (at::PUSH_TIMEOUT, "push-timeout"),
            (at::GATE, "gate"),
            (at::LANDING, "landing"),
            (at::CHECKLIST, "checklist"),
            (at::SECTIONS, "sections"),
            (at::SEVERITIES, "severities"),
            (at::TAG_PREFIX, "tag-prefix"),
            (at::HOOKS, "hooks"),
            (at::TYPES, "types"),
            (at::SCOPE, "scope"),
            (at::TAG, "tag"),
            (at::SUBJECT_LENGTH, "subject-length"),
            (at::TRAILERS, "trailers"),
            (at::RELEASE_BRANCHES, "release-branches"),
            (at::STYLE, "style"),
            (at::LINES, "lines"),
            (at::FORGE, "forge"),
            (at::UPDATES, "updates"),
        ];
        assert_eq!((KEYS.len(), named.len()), (at::COUNT, at::COUNT));
        for (at, name) in named {
            assert_eq!(KEYS[at].name, name);
            assert_eq!(place(name), Some(at));
        }
    }

    #[test]
    fn a_key_may_be_written_as_one_word() {
        for word in ["back-merge", "backmerge", "BACK_MERGE", "backMerge"] {
            assert_eq!(place_of_word(word), Some(at::BACK_MERGE), "{word}");
        }
        assert_eq!(place_of_word("back"), None);
        assert_eq!(place("backmerge"), None);
    }

    #[test]
    fn the_nearest_name() {
        let cases = [
            ("gat", "gate"),
            ("back_merge", "back-merge"),
            ("backmerges", "back-merge"),
            ("severity", "severities"),
            ("postmortem", "postmortems"),
            ("Timeout", "timeout"),
            ("push_timeout", "push-timeout"),
        ];
        for (name, known) in cases {
            assert_eq!(nearest(name), known);
        }
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
