//! Whether a schema keeps what an earlier one promised to those who read the objects.
//!
//! The rule stands in `docs/json.md`: what was promised stays, more may come.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A set whose schema has this may get further values within a version.
pub(super) const MAY_GROW: &str = "x-may-grow";

/// The promises that a new schema breaks; none when whoever reads by the old one can go on.
pub(super) fn broken(old: &Value, new: &Value) -> Vec<String> {
    let roots = Roots { old, new };
    let mut found = Vec::new();
    roots.compare("", old, new, &mut found);
    found
}

struct Roots<'a> {
    old: &'a Value,
    new: &'a Value,
}

/// The values a schema allows, as schemas without choice, and whether others may come.
struct Choice {
    ways: Vec<Map<String, Value>>,
    may_grow: bool,
}

impl Roots<'_> {
    fn compare(&self, place: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
        let (old, new) = (choice(self.old, old), choice(self.new, new));
        if new.may_grow && !old.may_grow {
            found.push(format!("{place}: may grow now"));
        }
        if let ([old], [new]) = (old.ways.as_slice(), new.ways.as_slice()) {
            return self.compare_one(place, old, new, found);
        }
        let fits = |old: &Map<String, Value>, new: &Map<String, Value>| {
            let mut found = Vec::new();
            self.compare_one(place, old, new, &mut found);
            found.is_empty()
        };
        for way in &new.ways {
            if !old.may_grow && !old.ways.iter().any(|old| fits(old, way)) {
                found.push(format!("{place}: may be {} now", words(way)));
            }
        }
        for way in &old.ways {
            let gone = !new.ways.iter().any(|new| fits(way, new));
            // Who takes nothing for an answer is content with always something.
            if gone && way.get("type") != Some(&Value::from("null")) {
                found.push(format!("{place}: is no longer {}", words(way)));
            }
        }
    }

    fn compare_one(
        &self,
        place: &str,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
        found: &mut Vec<String>,
    ) {
        for key in ["type", "const", "pattern", "format", "minimum", "maximum"] {
            if old.contains_key(key) && old.get(key) != new.get(key) {
                found.push(format!("{place}: another {key}"));
            }
        }
        for (name, old) in object(old, "properties") {
            let place = format!("{place}/{name}");
            match object(new, "properties").find(|(other, _)| *other == name) {
                Some((_, new)) => self.compare(&place, old, new, found),
                None => found.push(format!("{place}: is gone")),
            }
        }
        let stays = required(new);
        for name in required(old).difference(&stays) {
            found.push(format!("{place}/{name}: may be missing now"));
        }
        for key in ["items", "additionalProperties"] {
            match (old.get(key), new.get(key)) {
                (Some(old), Some(new)) => self.compare(&format!("{place}/*"), old, new, found),
                (Some(_), None) => found.push(format!("{place}/*: may be anything now")),
                (None, _) => {}
            }
        }
    }
}

/// All references followed, all choices laid out, each with what stands beside them.
fn choice(root: &Value, schema: &Value) -> Choice {
    let Some(schema) = schema.as_object() else {
        return Choice {
            ways: vec![Map::new()],
            may_grow: false,
        };
    };
    let mut rest = schema.clone();
    let mut may_grow = rest.remove(MAY_GROW) == Some(Value::Bool(true));
    let mut parts = Vec::new();
    if let Some(Value::String(name)) = rest.remove("$ref") {
        let target = root.pointer(name.trim_start_matches('#'));
        parts.push(vec![target.cloned().unwrap_or_default()]);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(ways)) = rest.remove(key) {
            parts.push(ways);
        }
    }
    if let Some(Value::Array(values)) = rest.remove("enum") {
        let one = |value| serde_json::json!({ "const": value });
        parts.push(values.into_iter().map(one).collect());
    }
    if let Some(Value::Array(types)) = rest.get("type").cloned() {
        rest.remove("type");
        let one = |kind| serde_json::json!({ "type": kind });
        parts.push(types.into_iter().map(one).collect());
    }
    let mut ways = vec![rest];
    for part in parts {
        let inner: Vec<Choice> = part.iter().map(|way| choice(root, way)).collect();
        may_grow |= inner.iter().any(|choice| choice.may_grow);
        let all = inner.iter().flat_map(|choice| &choice.ways);
        ways = all
            .flat_map(|way| ways.iter().map(|rest| both(rest, way)))
            .collect();
    }
    Choice { ways, may_grow }
}

/// What holds when both hold.
fn both(one: &Map<String, Value>, other: &Map<String, Value>) -> Map<String, Value> {
    let mut both = one.clone();
    for (key, value) in other {
        match (both.get_mut(key), value) {
            (Some(Value::Object(have)), Value::Object(more)) => have.extend(more.clone()),
            (Some(Value::Array(have)), Value::Array(more)) => have.extend(more.clone()),
            (_, value) => {
                both.insert(key.clone(), value.clone());
            }
        }
    }
    // What is not of its type says nothing about it.
    if both.get("type") == Some(&Value::from("null")) {
        both.retain(|key, _| key == "type");
    }
    both
}

fn object<'a>(
    schema: &'a Map<String, Value>,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn required(schema: &Map<String, Value>) -> BTreeSet<&str> {
    let names = schema.get("required").and_then(Value::as_array);
    names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// A way in a few words.
fn words(way: &Map<String, Value>) -> String {
    let value = way.get("const").or_else(|| way.get("type"));
    let name = value.map_or("anything".to_owned(), ToString::to_string);
    match required(way) {
        names if names.is_empty() => name,
        names => format!(
            "{name} with {}",
            names.into_iter().collect::<Vec<_>>().join(", ")
        ),
    }
}
