//! Every object is held to the schema that the program prints for it.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

type Validators = Mutex<HashMap<String, Arc<jsonschema::Validator>>>;

static VALIDATORS: LazyLock<Validators> = LazyLock::new(Mutex::default);

/// The object is what `git hotfix schema` says of its command, or of errors, and nothing more; its
/// exit code is the process's.
#[track_caller]
pub fn hold(object: &Value, code: i32) {
    let name = match object.get("error") {
        Some(error) => {
            assert_eq!(error["exit"], code, "{object:#}");
            "error"
        }
        None => object["command"].as_str().unwrap_or("common"),
    };
    let faults: Vec<String> = validator(name)
        .iter_errors(object)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(
        faults.is_empty(),
        "the schema of {name}: {faults:#?}\n{object:#}"
    );
}

fn validator(name: &str) -> Arc<jsonschema::Validator> {
    let mut validators = VALIDATORS.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(validator) = validators.get(name) {
        return validator.clone();
    }
    let mut schema = printed(name);
    jsonschema::meta::validate(&schema).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let parts = schema["$defs"].clone();
    close(&mut schema, true, &parts);
    let validator = Arc::new(jsonschema::draft202012::new(&schema).unwrap());
    validators.insert(name.to_owned(), validator.clone());
    validator
}

/// The schema as the program prints it.
pub fn printed(name: &str) -> Value {
    let output = Command::new(super::binary())
        .args(["schema", name])
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}: {text}"))
}

/// Callers must bear fields they do not know; here one that the schema does not name is a mistake.
/// `whole` is false for a part of what stands around it, which is closed as one.
fn close(schema: &mut Value, whole: bool, parts: &Value) {
    let Some(map) = schema.as_object_mut() else {
        return;
    };
    if !whole && let Some(name) = map.remove("$ref") {
        // By reference it is closed by itself.
        let part = &parts[name.as_str().unwrap().trim_start_matches("#/$defs/")];
        let own = map.remove("properties").unwrap_or_else(|| json!({}));
        let own = json!({ "properties": own, "required": map.remove("required") });
        map.insert("allOf".to_owned(), json!([part, own]));
        map["allOf"][1]
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
    }
    let is_object = map.contains_key("properties");
    if whole && is_object {
        map.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    for (key, value) in map {
        match (key.as_str(), value) {
            ("oneOf" | "anyOf" | "allOf", Value::Array(ways)) => {
                let whole = whole && !is_object;
                ways.iter_mut().for_each(|way| close(way, whole, parts));
            }
            ("properties" | "$defs", Value::Object(schemas)) => {
                let schemas = schemas.values_mut();
                schemas.for_each(|schema| close(schema, true, parts));
            }
            ("items" | "additionalProperties", schema) => close(schema, true, parts),
            _ => {}
        }
    }
}
