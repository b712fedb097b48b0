//! Hook managers: whose files are whose, and the lines that call us from theirs.

use super::{Context, Place, file};
use crate::files;
use crate::workflow::shell::word;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Who manages a repository's hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manager {
    /// `.husky/`, by way of `core.hooksPath=.husky/_`.
    Husky,
    /// `lefthook.yml`, by way of files in git's hooks folder.
    Lefthook,
    /// `.pre-commit-config.yaml`, by way of files in git's hooks folder.
    PreCommit,
    /// The same, or `prek.toml`.
    Prek,
    /// `.overcommit.yml`, by way of files in git's hooks folder.
    Overcommit,
    /// A folder of the work tree that `core.hooksPath` names.
    Folder,
}

/// Those with a configuration of their own, in the order they are looked for.
const WITH_CONFIGURATION: [Manager; 4] = [
    Manager::Lefthook,
    Manager::Prek,
    Manager::PreCommit,
    Manager::Overcommit,
];

/// A manager's file is text that people write.
const LIMIT: u64 = 1024 * 1024;

/// Lines for one file of a manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

impl Manager {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Manager::Husky => "husky",
            Manager::Lefthook => "lefthook",
            Manager::PreCommit => "pre-commit",
            Manager::Prek => "prek",
            Manager::Overcommit => "overcommit",
            Manager::Folder => "the hooks folder",
        }
    }

    /// The files it may be configured in; the first is the usual one.
    fn configuration(self) -> &'static [&'static str] {
        match self {
            Manager::Lefthook => &[
                "lefthook.yml",
                ".lefthook.yml",
                ".config/lefthook.yml",
                "lefthook.yaml",
                ".lefthook.yaml",
                ".config/lefthook.yaml",
                "lefthook.toml",
                ".lefthook.toml",
                ".config/lefthook.toml",
                "lefthook.json",
                ".lefthook.json",
                ".config/lefthook.json",
                "lefthook.jsonc",
                ".lefthook.jsonc",
                ".config/lefthook.jsonc",
                "lefthook-local.yml",
                ".lefthook-local.yml",
            ],
            Manager::PreCommit => &[".pre-commit-config.yaml"],
            Manager::Prek => &[
                "prek.toml",
                ".pre-commit-config.yaml",
                ".pre-commit-config.yml",
            ],
            Manager::Overcommit => &[".overcommit.yml"],
            Manager::Husky | Manager::Folder => &[],
        }
    }

    /// The events it can hand on whole. pre-commit and prek tell a pre-push hook of one ref only.
    fn serves(self, event: &str) -> bool {
        match self {
            Manager::PreCommit | Manager::Prek => event == "commit-msg",
            _ => true,
        }
    }
}

/// Whose a folder of the work tree is; nobody's when it lies elsewhere.
pub(super) fn owner(ctx: &Context<'_>, folder: &Path) -> Option<Manager> {
    let top = files::real(ctx.repo.workdir()?);
    let real = files::real(folder);
    if !real.starts_with(&top) && !folder.starts_with(&top) {
        return None;
    }
    let is_husky = real.components().any(|part| part.as_os_str() == ".husky");
    Some(if is_husky {
        Manager::Husky
    } else {
        Manager::Folder
    })
}

/// Whose file a hook is, by its text.
pub(super) fn author(text: &str) -> Option<Manager> {
    let is = |words: &str| text.contains(words);
    match () {
        () if is("call_lefthook") || is("lefthook run") => Some(Manager::Lefthook),
        () if is("generated by prek") || is("prek hook-impl") => Some(Manager::Prek),
        () if is("generated by pre-commit") || is("pre_commit") => Some(Manager::PreCommit),
        () if is("overcommit") => Some(Manager::Overcommit),
        () => None,
    }
}

/// The managers this work tree is set up for.
pub(super) fn found(ctx: &Context<'_>, place: &Place) -> Vec<Manager> {
    let mut found: Vec<Manager> = place.manager().into_iter().collect();
    let Some(top) = ctx.repo.workdir() else {
        return found;
    };
    if !found.contains(&Manager::Husky) && files::exists(&top.join(".husky")) {
        found.push(Manager::Husky);
    }
    for manager in WITH_CONFIGURATION {
        // A pre-commit configuration is both's: it is prek's where prek's files stand.
        let shared = manager == Manager::PreCommit && found.contains(&Manager::Prek);
        let is_its = match manager {
            Manager::Prek => files::exists(&top.join("prek.toml")) || stands(place, manager),
            _ => configured(top, manager).is_some() || stands(place, manager),
        };
        if is_its && !shared {
            found.push(manager);
        }
    }
    found
}

/// Whether a hook in git's folder is the manager's, or one that ours runs first.
fn stands(place: &Place, manager: Manager) -> bool {
    let Some(folder) = place.folder() else {
        return false;
    };
    ["pre-commit", "commit-msg", "prepare-commit-msg", "pre-push"]
        .iter()
        .flat_map(|event| [folder.join(event), file::aside(folder, event)])
        .any(|path| text(&path).as_deref().and_then(author) == Some(manager))
}

/// The manager's configuration that is there.
fn configured(top: &Path, manager: Manager) -> Option<&'static str> {
    let mut files = manager.configuration().iter().copied();
    files.find(|file| files::exists(&top.join(file)))
}

/// The file of a manager that calls us for an event.
pub(super) fn caller(
    ctx: &Context<'_>,
    place: &Place,
    manager: Manager,
    event: &str,
) -> Option<PathBuf> {
    let top = ctx.repo.workdir()?;
    let read = |file: &str| text(&top.join(file));
    caller_in(ctx, place, manager, event, &read).map(|file| top.join(file))
}

/// The same among files that are read by their names, as seen from the top of the work tree.
pub(super) fn caller_in(
    ctx: &Context<'_>,
    place: &Place,
    manager: Manager,
    event: &str,
    read: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let candidates: Vec<String> = match manager {
        Manager::Husky => vec![format!(".husky/{event}")],
        Manager::Folder => vec![format!("{}/{event}", shown(ctx, place))],
        _ => {
            let files = manager.configuration().iter();
            files.map(|file| (*file).to_owned()).collect()
        }
    };
    let by_script = manager == Manager::Lefthook
        && is_told_refs(event)
        && read(&lefthook_script(event)).is_some_and(|text| calls(&text, event));
    candidates.into_iter().find(|file| {
        read(file).is_some_and(|text| match manager {
            Manager::Lefthook if by_script => {
                uncommented(&text).any(|line| line.contains("git-hotfix"))
            }
            Manager::Overcommit => uncommented(&text).any(|line| line.contains(&script(event))),
            _ => calls(&text, event),
        })
    })
}

/// Whether a text calls us for an event, on a line that is no comment.
pub(super) fn calls(text: &str, event: &str) -> bool {
    let spellings = [
        format!("git-hotfix hook {event}"),
        format!("git hotfix hook {event}"),
    ];
    let calls = |line: &str| {
        // The program may stand in quotes, with its path.
        let bare = line.replace(['"', '\''], "");
        spellings.iter().any(|call| bare.contains(call))
    };
    uncommented(text).any(calls)
}

fn uncommented(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
}

/// A hook's or manager's text; nothing for what cannot be read: that is nobody we know.
pub(super) fn text(path: &Path) -> Option<String> {
    let bytes = files::read_bytes(path, LIMIT).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
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
fn shown(ctx: &Context<'_>, place: &Place) -> String {
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
fn is_told_refs(event: &str) -> bool {
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
fn lefthook_script(event: &str) -> String {
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
fn script(event: &str) -> String {
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
