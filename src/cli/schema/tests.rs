use super::compatible::broken;
use super::{FILES, PARTS, SCHEMA, id, outputs};
use crate::cli::{error, tree, ui};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

const COMMON: &str = PARTS[0];
const ERROR: &str = PARTS[1];

/// No fields of its own.
#[derive(Serialize, JsonSchema)]
struct Nothing {}

/// The schema of a file, from the types.
fn generated(name: &str) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let shapes = match name {
        COMMON => vec![shape::<Nothing>(&mut generator)],
        ERROR => vec![shape::<error::Object<'_>>(&mut generator)],
        command => outputs::shapes(command, &mut generator),
    };
    let mut shapes: Vec<Value> = shapes.into_iter().map(Schema::to_value).collect();
    for shape in &mut shapes {
        shape["properties"]["schema"]["const"] = json!(SCHEMA);
        if !PARTS.contains(&name) {
            shape["properties"]["command"]["const"] = json!(name);
        }
    }
    let mut root = match shapes.len() {
        1 => shapes.remove(0),
        _ => json!({ "anyOf": shapes }),
    };
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["$id"] = json!(id(name));
    root["title"] = json!(title(name));
    root.as_object_mut().unwrap().remove("description");
    let parts = generator.take_definitions(true);
    if !parts.is_empty() {
        root["$defs"] = Value::Object(parts);
    }
    plain(&mut root);
    root
}

fn shape<T: JsonSchema + 'static>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<ui::Object<'static, T>>()
}

fn title(name: &str) -> String {
    match name {
        COMMON => "What every object has".to_owned(),
        ERROR => "A command that was not done".to_owned(),
        "hotfix" => "git hotfix --json".to_owned(),
        command => format!("git hotfix {command} --json"),
    }
}

/// Formats such as `uint` are Rust's, not JSON Schema's.
fn plain(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            let own = |format: &Value| format.as_str().is_some_and(|f| f.contains("int"));
            if map.get("format").is_some_and(own) {
                map.remove("format");
            }
            map.values_mut().for_each(plain);
        }
        Value::Array(all) => all.iter_mut().for_each(plain),
        _ => {}
    }
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas/v1");
    let mut stale = Vec::new();
    for file in FILES {
        let path = folder.join(format!("{}.json", file.name));
        let new = generated(file.name);
        let text = format!("{}\n", serde_json::to_string_pretty(&new).unwrap());
        let committed = std::fs::read_to_string(&path).unwrap();
        if committed == text {
            continue;
        }
        let old: Value = serde_json::from_str(&committed).unwrap();
        let broken = broken(&old, &new);
        assert!(
            broken.is_empty(),
            "{}: {SCHEMA} promised otherwise: {broken:#?}\n\
             Keep what was promised, or begin the next version (docs/json.md).",
            file.name
        );
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, text).unwrap();
        } else {
            stale.push(file.name);
        }
    }
    assert!(
        stale.is_empty(),
        "{stale:?}: renew with UPDATE_EXPECT=1 cargo test --lib schema"
    );
}

#[test]
fn every_command_has_a_schema_and_every_schema_a_command() {
    let tree = tree();
    let commands = tree
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let commands = commands.map(clap::Command::get_name);
    let wanted: BTreeSet<&str> = commands.chain(["hotfix", COMMON, ERROR]).collect();
    let files: BTreeSet<&str> = FILES.iter().map(|file| file.name).collect();
    assert_eq!(files, wanted);
    for file in FILES.iter().filter(|file| !PARTS.contains(&file.name)) {
        let mut generator = SchemaGenerator::default();
        let shapes = outputs::shapes(file.name, &mut generator);
        assert!(!shapes.is_empty(), "{} says nothing", file.name);
    }
}

#[test]
fn no_field_of_a_command_hides_a_common_one() {
    for file in FILES {
        let schema: Map<String, Value> = serde_json::from_str(file.text).unwrap();
        let shapes = match schema
            .get("anyOf")
            .filter(|_| !schema.contains_key("properties"))
        {
            Some(Value::Array(shapes)) => shapes.clone(),
            _ => vec![Value::Object(schema)],
        };
        for shape in shapes {
            assert_eq!(
                shape["properties"]["warnings"]["type"], "array",
                "{}",
                file.name
            );
            assert_eq!(
                shape["properties"]["schema"]["const"], SCHEMA,
                "{}",
                file.name
            );
        }
    }
}

fn point() -> Value {
    json!({
        "type": "object",
        "required": ["id", "state", "at"],
        "properties": {
            "id": { "type": "string", "pattern": "^[0-9]+$" },
            "state": { "$ref": "#/$defs/State" },
            "at": { "type": ["string", "null"] },
            "code": { "enum": ["a", "b"], "x-may-grow": true },
            "lines": { "type": "array", "items": { "$ref": "#/$defs/Line" } },
        },
        "$defs": {
            "State": { "oneOf": [{ "type": "string", "const": "open" }, { "type": "string", "const": "done" }] },
            "Line": { "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"],
                "oneOf": [
                    { "properties": { "how": { "const": "a" }, "count": { "type": "integer" } }, "required": ["how", "count"] },
                    { "properties": { "how": { "const": "b" } }, "required": ["how"] },
                ] },
        },
    })
}

/// The schema with one place changed.
fn changed(place: &str, value: Value) -> Value {
    let mut schema = point();
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = schema.pointer_mut(parent).unwrap();
    match (parent, key) {
        (Value::Object(map), key) if value.is_null() => drop(map.remove(key)),
        (Value::Array(all), "-") => all.push(value),
        (Value::Array(all), at) if value.is_null() => drop(all.remove(at.parse().unwrap())),
        (parent, key) => parent[key] = value,
    }
    schema
}

#[test]
fn what_was_promised_stays() {
    let breaking = [
        ("/properties/id", Value::Null),
        ("/properties/lines", Value::Null),
        ("/required/0", Value::Null),
        ("/properties/id/type", json!("integer")),
        ("/properties/id/type", json!(["string", "null"])),
        ("/properties/id/pattern", json!("^[a-f]+$")),
        ("/properties/lines/items", Value::Null),
        ("/properties/lines/items", json!({ "type": "string" })),
        ("/properties/code/enum/0", Value::Null),
        ("/$defs/State/oneOf/0", Value::Null),
        (
            "/$defs/State/oneOf/-",
            json!({ "type": "string", "const": "paused" }),
        ),
        ("/$defs/State/x-may-grow", json!(true)),
        ("/$defs/Line/properties/text", Value::Null),
        ("/$defs/Line/required/0", Value::Null),
        ("/$defs/Line/oneOf/0/properties/count", Value::Null),
        ("/$defs/Line/oneOf/1", Value::Null),
        (
            "/$defs/Line/oneOf/-",
            json!({ "properties": { "how": { "const": "c" } } }),
        ),
    ];
    for (place, value) in breaking {
        let new = changed(place, value.clone());
        assert!(!broken(&point(), &new).is_empty(), "{place} = {value}");
    }
}

#[test]
fn more_may_come() {
    let kept = [
        ("/title", json!("Another")),
        ("/properties/new", json!({ "type": "string" })),
        ("/properties/at/type", json!("string")),
        ("/properties/code/enum/-", json!("c")),
        ("/required/-", json!("lines")),
        (
            "/$defs/Line/oneOf/1/properties/more",
            json!({ "type": "integer" }),
        ),
    ];
    assert_eq!(broken(&point(), &point()), Vec::<String>::new());
    for (place, value) in kept {
        let new = changed(place, value.clone());
        assert_eq!(
            broken(&point(), &new),
            Vec::<String>::new(),
            "{place} = {value}"
        );
    }
}
