//! The layers: what each folder may name. Test code may name anything.

use std::fs;
use std::path::{Path, PathBuf};

const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// The layers from the lowest up; a layer may use those before it, and itself.
const LAYERS: [(&str, &[&str]); 10] = [
    ("record", &[]),
    ("policy", &["record"]),
    ("env", &[]),
    ("process", &["env"]),
    ("git", &["env", "process"]),
    ("integrations", &["policy", "process"]),
    ("files", &[]),
    ("config", &["policy", "record", "git"]),
    (
        "workflow",
        &[
            "record",
            "policy",
            "git",
            "integrations",
            "files",
            "env",
            "config",
        ],
    ),
    (
        "cli",
        &[
            "record",
            "policy",
            "git",
            "integrations",
            "files",
            "env",
            "config",
            "workflow",
        ],
    ),
];

/// What may be named only in these places.
const CONFINED: [(&str, &[&str]); 12] = [
    ("git2::", &["git/"]),
    ("process::Command", &["git/", "integrations/", "process"]),
    ("std::process::{", &["git/", "integrations/", "process"]),
    // All but this program itself are started without our secrets; clap has commands too.
    (
        "Command::new(",
        &["process", "integrations/background.rs", "cli/mod.rs"],
    ),
    ("std::env", &["env.rs"]),
    ("Utc::now", &["env.rs"]),
    ("SystemTime::now", &["env.rs"]),
    ("stdout()", &["cli/", "git/process.rs", "env.rs"]),
    ("pulldown_cmark", &["record/"]),
    ("ureq::", &["integrations/http.rs"]),
    ("rustls::", &["integrations/http.rs"]),
    // What must not be shown is looked at only where it is judged or sent.
    (
        ".expose()",
        &[
            "policy/announce/address.rs",
            "config/announce/",
            "integrations/",
        ],
    ),
];

/// Words that stand nowhere outside the face.
const ONLY_IN_CLI: [&str; 4] = ["println!", "print!(", "eprintln!", "eprint!("];

#[test]
fn a_lower_layer_never_names_a_higher_one() {
    for (file, text) in sources() {
        let Some(layer) = layer(&file) else { continue };
        let (_, allowed) = LAYERS.iter().find(|(name, _)| *name == layer).unwrap();
        for (name, _) in LAYERS.iter().filter(|(name, _)| *name != layer) {
            let named = text.contains(&format!("crate::{name}"));
            assert!(!named || allowed.contains(name), "{file} names {name}");
        }
    }
}

#[test]
fn effects_stand_in_their_own_places() {
    for (file, text) in sources() {
        for (word, places) in CONFINED {
            let allowed = places.iter().any(|place| file.starts_with(place));
            assert!(allowed || !text.contains(word), "{file} names {word}");
        }
        for word in ONLY_IN_CLI {
            assert!(
                file.starts_with("cli/") || !text.contains(word),
                "{file} names {word}"
            );
        }
    }
}

#[test]
fn the_entrance_is_small() {
    for file in ["main.rs", "lib.rs"] {
        let lines = fs::read_to_string(Path::new(SRC).join(file))
            .unwrap()
            .lines()
            .count();
        assert!(lines <= 40, "{file} has {lines} lines");
    }
}

fn layer(file: &str) -> Option<&str> {
    let name = file.split('/').next()?.trim_end_matches(".rs");
    LAYERS
        .iter()
        .any(|(layer, _)| *layer == name)
        .then_some(name)
}

/// Every source file below `src`, without its test code and its comments.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(Path::new(SRC), &mut found);
    assert!(found.len() > 50, "the sources were not found");
    found
        .into_iter()
        .map(|path| (name(&path), code(&path)))
        .filter(|(n, _)| !is_test(n))
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn name(path: &Path) -> String {
    path.strip_prefix(SRC)
        .unwrap()
        .to_string_lossy()
        .replace('\\', "/")
}

/// Files that only exist for `cfg(test)`; `mod.rs` or the parent declares them so.
fn is_test(name: &str) -> bool {
    let tests = ["tests.rs", "props.rs", "against_git.rs"];
    name.contains("/tests/") || tests.iter().any(|test| name.ends_with(test))
}

fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}
