//! What trackers print, read with care.

use super::Task;
use serde_json::Value;

/// An id longer than this is none.
const LONGEST: usize = 200;

/// The JSON in what a program printed: all of it, or what follows the lines before it.
pub(super) fn json(printed: &str) -> Option<Value> {
    let all = printed.trim();
    if let Ok(value) = serde_json::from_str(all) {
        return Some(value);
    }
    let mut at = 0;
    for line in all.split_inclusive('\n') {
        if line.starts_with(['{', '[']) {
            return serde_json::from_str(&all[at..]).ok();
        }
        at += line.len();
    }
    None
}

/// A task from an object with `id` and `url`; no task without an id that can stand on one line.
pub(super) fn task(value: &Value) -> Option<Task> {
    let id = match value.get("id")? {
        Value::String(id) => id.trim().to_owned(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    let url = value.get("url").and_then(Value::as_str);
    is_id(&id).then(|| Task {
        id,
        url: url.filter(|url| is_url(url)).map(str::to_owned),
    })
}

/// A word that can stand in the record and behind a command.
pub(super) fn is_id(id: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "[]()<>`\"'".contains(c);
    !id.is_empty() && id.len() <= LONGEST && !id.starts_with('-') && !id.contains(odd)
}

/// An address of a page.
pub(super) fn is_url(word: &str) -> bool {
    let rest = word
        .strip_prefix("https://")
        .or(word.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.len() > 3 && rest.bytes().all(|b| b.is_ascii_graphic()))
}
