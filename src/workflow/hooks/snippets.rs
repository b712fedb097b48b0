//! The lines that call us from a hook manager's files.

use super::managers::{Manager, configured};
use super::{Context, Place};
use crate::workflow::shell::word;
use serde::Serialize;

/// Lines for one file of a manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Snippet {
    /// The manager.
    pub manager: Manager,
    /// The file, as seen from the top of the work tree.
    pub file: String,
    /// What to put there.
    pub lines: Vec<String>,
    /// The command after that.
    pub then: Option<String>,
    /// The events it is for.
    pub events: Vec<&'static str>,
}

impl Snippet {
    fn new(
        manager: Manager,
        file: impl Into<String>,
        events: &[&'static str],
        lines: Vec<String>,
        then: Option<String>,
    ) -> Snippet {
        Snippet {
            manager,
            file: file.into(),
            lines,
            then,
            events: events.to_vec(),
        }
    }

    /// As lines on a screen: one file a line where one line is all, else the file and its lines.
    pub fn words(&self) -> Vec<String> {
        let mut words = match self.lines.as_slice() {
            [line] => vec![format!("  {}:  {line}", self.file)],
            lines => {
                let lines = lines.iter().map(|line| format!("    {line}"));
                let file = std::iter::once(format!("  {}", self.file));
                file.chain(lines).collect()
            }
        };
        words.extend(self.then.iter().map(|then| format!("  then: {then}")));
        words
    }
}

/// The lines that call us from a manager's files.
pub(super) fn snippets(
    ctx: &Context<'_>,
    place: &Place,
    manager: Manager,
    events: &[&'static str],
) -> Vec<Snippet> {
    let events: Vec<&'static str> = events
        .iter()
        .copied()
        .filter(|event| manager.serves(event))
        .collect();
    if events.is_empty() {
        return Vec::new();
    }
    let top = ctx.repo.workdir();
    let configuration = top
        .and_then(|top| configured(top, manager))
        .or(manager.configuration().first().copied())
        .unwrap_or_default();
    let each = |folder: String| {
        let one = |event: &&'static str| {
            let file = format!("{folder}/{event}");
            Snippet::new(manager, file, &[*event], shell(event), None)
        };
        events.iter().map(one).collect::<Vec<Snippet>>()
    };
    match manager {
        Manager::Husky => each(".husky".to_owned()),
        Manager::Folder => each(shown(ctx, place)),
        Manager::Lefthook => {
            let reading = events.iter().filter(|event| is_told_refs(event));
            let mut snippets: Vec<Snippet> = reading
                .map(|event| {
                    let file = lefthook_script(event);
                    let then = Some(format!("chmod +x {file}"));
                    Snippet::new(manager, file, &[*event], script_lines(event), then)
                })
                .collect();
            let lines = lefthook(configuration, &events);
            let then = Some("lefthook install".to_owned());
            snippets.push(Snippet::new(manager, configuration, &events, lines, then));
            snippets
        }
        Manager::PreCommit | Manager::Prek => {
            let lines = pre_commit(configuration);
            let then = format!("{} install --hook-type commit-msg", manager.name());
            vec![Snippet::new(
                manager,
                configuration,
                &events,
                lines,
                Some(then),
            )]
        }
        Manager::Overcommit => overcommit(&events),
    }
}

/// What sets a manager up in a clone whose files have the lines already.
pub(super) fn installer(ctx: &Context<'_>, place: &Place, manager: Manager) -> String {
    let fixed = match manager {
        Manager::Husky => "npx husky",
        Manager::Lefthook => "lefthook install",
        Manager::PreCommit => "pre-commit install --hook-type commit-msg",
        Manager::Prek => "prek install --hook-type commit-msg",
        Manager::Overcommit => "overcommit --install",
        Manager::Folder => return format!("chmod +x {}/*", word(&shown(ctx, place))),
    };
    fixed.to_owned()
}

/// The hooks folder as people name it.
pub(super) fn shown(ctx: &Context<'_>, place: &Place) -> String {
    let Some(folder) = place.folder() else {
        return ".githooks".to_owned();
    };
    let below = ctx
        .repo
        .workdir()
        .and_then(|top| folder.strip_prefix(top).ok());
    below.unwrap_or(folder).display().to_string()
}

/// Whether git tells a hook of refs, on standard input.
pub(super) fn is_told_refs(event: &str) -> bool {
    matches!(event, "pre-push" | "pre-receive" | "post-receive")
}

/// For the top of a hook that people write. Standard input is read once: the lines below ours get a
/// copy.
fn shell(event: &str) -> Vec<String> {
    let lines: &[&str] = if is_told_refs(event) {
        &[
            "refs=$(mktemp) && cat >\"$refs\"",
            "exec 3<\"$refs\" <\"$refs\" && rm \"$refs\"",
            "git-hotfix hook EVENT \"$@\" <&3 || exit",
        ]
    } else {
        &["git-hotfix hook EVENT \"$@\" || exit"]
    };
    lines
        .iter()
        .map(|line| line.replace("EVENT", event))
        .collect()
}

/// A program of its own that calls us.
fn script_lines(event: &str) -> Vec<String> {
    let call = format!("exec git-hotfix hook {event} \"$@\"");
    vec!["#!/bin/sh".to_owned(), call]
}

/// What lefthook runs for `scripts: git-hotfix`.
pub(super) fn lefthook_script(event: &str) -> String {
    format!(".lefthook/{event}/git-hotfix")
}

/// lefthook skips a command of pre-push when it finds no changed files between HEAD and what HEAD
/// tracks, whatever is pushed; scripts are always run.
///
/// `{0}` is all arguments: git gives `prepare-commit-msg` one to three of them.
fn lefthook(file: &str, events: &[&'static str]) -> Vec<String> {
    let run = |event: &str| match event {
        "commit-msg" => format!("git-hotfix hook {event} {{1}}"),
        _ => format!("git-hotfix hook {event} {{0}}"),
    };
    let mut lines = Vec::new();
    for event in events {
        let (kind, key, value) = match is_told_refs(event) {
            true => ("scripts", "use_stdin", "true".to_owned()),
            false => ("commands", "run", run(event)),
        };
        let quoted = match kind {
            "scripts" => value.clone(),
            _ => format!("\"{value}\""),
        };
        if file.ends_with(".toml") {
            lines.push(format!("[{event}.{kind}.git-hotfix]"));
            lines.push(format!("{key} = {quoted}"));
        } else if file.ends_with(".json") || file.ends_with(".jsonc") {
            lines.push(format!(
                "\"{event}\": {{ \"{kind}\": {{ \"git-hotfix\": {{ \"{key}\": {quoted} }} }} }},"
            ));
        } else {
            lines.push(format!("{event}:"));
            lines.push(format!("  {kind}:"));
            lines.push("    git-hotfix:".to_owned());
            lines.push(format!("      {key}: {value}"));
        }
    }
    lines
}

fn pre_commit(file: &str) -> Vec<String> {
    let lines: &[&str] = if file.ends_with(".toml") {
        &[
            "[[repos]]",
            "repo = \"local\"",
            "hooks = [",
            "  { id = \"git-hotfix\", name = \"git-hotfix\", language = \"system\",",
            "    entry = \"git-hotfix hook commit-msg\", stages = [\"commit-msg\"] },",
            "]",
        ]
    } else {
        &[
            "  - repo: local",
            "    hooks:",
            "      - id: git-hotfix",
            "        name: git-hotfix",
            "        entry: git-hotfix hook commit-msg",
            "        language: system",
            "        stages: [commit-msg]",
        ]
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// Overcommit runs only what git tracks.
pub(super) fn script(event: &str) -> String {
    format!(".git-hooks/git-hotfix-{event}")
}

fn overcommit(events: &[&'static str]) -> Vec<Snippet> {
    let manager = Manager::Overcommit;
    let mut lines = Vec::new();
    let mut snippets = Vec::new();
    for event in events {
        let file = script(event);
        let title: String = event.split('-').map(capitalised).collect();
        lines.push(format!("{title}:"));
        lines.push("  GitHotfix:".to_owned());
        lines.push("    enabled: true".to_owned());
        lines.push(format!("    required_executable: './{file}'"));
        let then = Some(format!("git add --chmod=+x {file}"));
        let text = script_lines(event);
        snippets.push(Snippet::new(manager, file, &[*event], text, then));
    }
    let then = Some("overcommit --sign".to_owned());
    snippets.push(Snippet::new(
        manager,
        ".overcommit.yml",
        events,
        lines,
        then,
    ));
    snippets
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
