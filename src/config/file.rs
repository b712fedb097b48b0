//! `.hotfix.toml`, the team's tracked policy.

use super::keys::{KEYS, at, nearest, place};
use super::layers::{ConfigError, Layered, Origin, Refusals};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Names of what a tracked file must never choose: with them, cloning a repository would be enough
/// to run a program or to send data somewhere.
const UNTRUSTED: [&str; 9] = [
    "announce", "command", "editor", "exec", "program", "token", "tracker", "url", "webhook",
];

/// Those of them that are settings elsewhere.
const PRIVATE: [&str; 2] = ["announce", "tracker"];

/// Reads the file's text.
pub(super) fn read(
    text: &str,
    layered: &mut Layered,
    refusals: &mut Refusals,
) -> Result<(), ConfigError> {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            return refusals.add(refused(line_at(text, start), message));
        }
    };
    let mut entries: Vec<_> = table.get_ref().iter().collect();
    // The map is sorted by name; the first error a person meets is the first in the file.
    entries.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in entries {
        let line = line_at(text, key.span().start);
        let name = key.get_ref().as_ref();
        match entry(text, name, line, value) {
            Ok((place, values)) => layered.set(place, values, Origin::File { line }),
            Err(error) => refusals.add(error)?,
        }
    }
    Ok(())
}

fn entry(
    text: &str,
    name: &str,
    line: usize,
    value: &Spanned<DeValue<'_>>,
) -> Result<(usize, Vec<String>), ConfigError> {
    let place = place(name).ok_or_else(|| unknown(name, line, value.get_ref()))?;
    let values = if KEYS[place].list {
        list(text, name, value)?
    } else {
        vec![single(place, value).ok_or_else(|| mistyped(text, place, value))?]
    };
    Ok((place, values))
}

fn single(place: usize, value: &Spanned<DeValue<'_>>) -> Option<String> {
    let number = matches!(place, at::TIMEOUT | at::PUSH_TIMEOUT | at::SUBJECT_LENGTH);
    match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(written) if number && written.radix() == 10 => {
            Some(written.as_str().to_owned())
        }
        _ => None,
    }
}

fn list(text: &str, name: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, ConfigError> {
    let line = line_at(text, value.span().start);
    let DeValue::Array(items) = value.get_ref() else {
        return Err(refused(line, format!("{name} is a list: {name} = [\"…\"]")));
    };
    strings(items).map_err(|start| {
        refused(
            line_at(text, start),
            format!("{name} holds text only: [\"…\", \"…\"]"),
        )
    })
}

/// The texts of an array, or the offset of the first that is none.
fn strings(items: &DeArray<'_>) -> Result<Vec<String>, usize> {
    let text = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
        DeValue::String(text) => Ok(text.to_string()),
        _ => Err(item.span().start),
    };
    items.iter().map(text).collect()
}

fn mistyped(text: &str, place: usize, value: &Spanned<DeValue<'_>>) -> ConfigError {
    let name = KEYS[place].name;
    let wanted = match place {
        at::GATE => "is one of \"block\", \"warn\", \"off\"",
        at::LANDING => "is one of \"merge\", \"pull-request\"",
        at::SCOPE => "is one of \"optional\", \"required\", \"forbidden\"",
        at::SUBJECT_LENGTH => "is a number of characters",
        at::TIMEOUT | at::PUSH_TIMEOUT => "is a number of seconds, or text like \"10s\"",
        _ => "is text in quotes",
    };
    let given = value.get_ref().type_str();
    refused(
        line_at(text, value.span().start),
        format!("{name} {wanted}, not a value of type {given}"),
    )
}

fn unknown(name: &str, line: usize, value: &DeValue<'_>) -> ConfigError {
    let message = if UNTRUSTED.contains(&name) {
        let full = full_name(name, value);
        format!(
            "unknown setting '{}'; programs and addresses are never read from a tracked file{}",
            shown(&full),
            instead(name, &full, value)
        )
    } else {
        let (name, nearest) = (shown(name), nearest(name));
        format!("unknown setting '{name}'; the nearest is '{nearest}'")
    };
    refused(line, message)
}

fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}

/// The first name that stands in a table, in full: `tracker.command`.
fn full_name(name: &str, value: &DeValue<'_>) -> String {
    let mut full = name.to_owned();
    let mut value = value;
    while let DeValue::Table(table) = value {
        let first = table.iter().min_by_key(|(key, _)| key.span().start);
        let Some((key, inner)) = first else {
            break;
        };
        full = format!("{full}.{}", key.get_ref());
        value = inner.get_ref();
    }
    full
}

/// The line that says it for one's own clone, without any of the file's words that is more than a name.
fn instead(name: &str, full: &str, value: &DeValue<'_>) -> String {
    if !PRIVATE.contains(&name) {
        return String::new();
    }
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_name = |part: &str| plain(&part.replace('-', ""));
    let setting = match full {
        "announce" => "announce.<name>.type",
        full if full.split('.').all(is_name) => full,
        _ => name,
    };
    let value = match value {
        DeValue::String(text) if full == "tracker" && plain(text) => text,
        _ => "<value>",
    };
    format!("; for your clone: git config hotfix.{setting} {value}")
}

fn refused(line: usize, message: String) -> ConfigError {
    ConfigError {
        place: Origin::File { line }.to_string(),
        message,
        remedy: None,
        setting: None,
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    before.filter(|&&b| b == b'\n').count() + 1
}
