//! Settings that a git process hands down to what it starts: `git -c name=value`, and pairs in the
//! environment, git-config(1).

use super::config::normal;
use super::{ConfigEntry, ConfigScope};

/// More pairs than anybody gives; with more, git is asked.
const MOST: usize = 1000;

/// What the environment tells, in git's order; nothing when git must be asked: what cannot be read as
/// git writes it, and other files of settings.
pub(super) fn told(var: &dyn Fn(&str) -> Option<String>) -> Option<Vec<ConfigEntry>> {
    let other_files = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"];
    if other_files.iter().any(|name| var(name).is_some()) {
        return None;
    }
    let mut entries = counted(var)?;
    entries.extend(parameters(
        &var("GIT_CONFIG_PARAMETERS").unwrap_or_default(),
    )?);
    entries
        .iter()
        .all(|entry| is_plain(&entry.name))
        .then_some(entries)
}

/// An included file is git's to find; a name without a section is git's to refuse.
fn is_plain(name: &str) -> bool {
    let section = name.split('.').next().unwrap_or_default();
    let key = name.rsplit('.').next().unwrap_or_default();
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.contains('.')
        && word(section)
        && word(key)
        && key.starts_with(|c: char| c.is_ascii_alphabetic())
        && !matches!(section, "include" | "includeif")
}

/// `GIT_CONFIG_COUNT` pairs of `GIT_CONFIG_KEY_<n>` and `GIT_CONFIG_VALUE_<n>`.
fn counted(var: &dyn Fn(&str) -> Option<String>) -> Option<Vec<ConfigEntry>> {
    let count = match var("GIT_CONFIG_COUNT") {
        Some(count) if !count.is_empty() => count.parse().ok().filter(|count| *count <= MOST)?,
        _ => 0,
    };
    let pair = |n: usize| {
        let name = var(&format!("GIT_CONFIG_KEY_{n}"))?;
        Some(entry(&name, var(&format!("GIT_CONFIG_VALUE_{n}"))?))
    };
    (0..count).map(pair).collect()
}

/// `GIT_CONFIG_PARAMETERS` as git since 2.31 writes it: `'name'='value'` or `'name'=`, blanks between
/// them, quoted as its `sq_quote_buf` does.
fn parameters(text: &str) -> Option<Vec<ConfigEntry>> {
    let mut entries = Vec::new();
    let mut rest = text.trim_start_matches(' ');
    while !rest.is_empty() {
        let (name, after) = unquoted(rest)?;
        let after = after.strip_prefix('=')?;
        let (value, after) = match after.starts_with('\'') {
            true => unquoted(after)?,
            false => ("true".to_owned(), after),
        };
        if !after.is_empty() && !after.starts_with(' ') {
            return None;
        }
        entries.push(entry(&name, value));
        rest = after.trim_start_matches(' ');
    }
    Some(entries)
}

/// A text in single quotes, and what stands behind it; `'\''` is a quote, `'\!'` an exclamation mark.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let (plain, after) = rest.split_once('\'')?;
        value.push_str(plain);
        let escaped = ["\\''", "\\!'"]
            .into_iter()
            .find_map(|escape| Some((escape, after.strip_prefix(escape)?)));
        match escaped {
            Some((escape, after)) => {
                value.push_str(&escape[1..2]);
                rest = after;
            }
            None => return Some((value, after)),
        }
    }
}

fn entry(name: &str, value: String) -> ConfigEntry {
    ConfigEntry {
        name: normal(name),
        value,
        scope: ConfigScope::Command,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(variables: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        let var = |name: &str| {
            let found = variables.iter().find(|(have, _)| *have == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let entries = told(&var)?;
        Some(entries.into_iter().map(|e| (e.name, e.value)).collect())
    }

    fn given(text: &str) -> Option<Vec<(String, String)>> {
        pairs(&[("GIT_CONFIG_PARAMETERS", text)])
    }

    /// As git's `sq_quote_buf`.
    fn quote(text: &str) -> String {
        let escaped = text.replace('\'', "'\\''").replace('!', "'\\!'");
        format!("'{escaped}'")
    }

    #[test]
    fn what_git_hands_down_is_read() {
        let read = given("'Core.X'='a'\\''b'\\!'' 'hotfix.Sub.Y'='' 'a.flag'=");
        let expected = [("core.x", "a'b!"), ("hotfix.Sub.y", ""), ("a.flag", "true")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read.unwrap(), expected);
        let counted = [
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "a.B"),
            ("GIT_CONFIG_VALUE_0", "c"),
            ("GIT_CONFIG_PARAMETERS", "'a.b'='d'"),
        ];
        let both = ["c", "d"].map(|value| ("a.b".to_owned(), value.to_owned()));
        assert_eq!(pairs(&counted).unwrap(), both);
        assert_eq!(pairs(&[]), Some(Vec::new()));
    }

    #[test]
    fn what_only_git_understands_is_asked_from_git() {
        for text in [
            "'a.b=c'",
            "'a.b'='c",
            "a.b=c",
            "'include.path'='/x'",
            "'includeIf.gitdir:/.path'='x'",
            "'nothing'='x'",
            "'a.b'='c''a.d'='e'",
        ] {
            assert_eq!(given(text), None, "{text}");
        }
        assert_eq!(pairs(&[("GIT_CONFIG_COUNT", "1")]), None);
        assert_eq!(pairs(&[("GIT_CONFIG_COUNT", "-1")]), None);
        assert_eq!(pairs(&[("GIT_CONFIG_GLOBAL", "/x")]), None);
    }

    proptest! {
        #[test]
        fn any_value_comes_through(values in proptest::collection::vec(any::<String>(), 0..4)) {
            let written: Vec<String> = values.iter().map(|v| format!("'a.b'={}", quote(v))).collect();
            let read = given(&written.join(" ")).unwrap();
            prop_assert_eq!(read.into_iter().map(|(_, v)| v).collect::<Vec<_>>(), values);
        }

        #[test]
        fn any_text_is_read_or_not(text in any::<String>()) {
            let _ = given(&text);
        }
    }
}
