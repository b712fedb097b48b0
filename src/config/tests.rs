//! The layers one by one, each over the ones before it.

mod refused;

use super::*;
use crate::git::{ConfigEntry, ConfigScope};
use crate::policy::message::Scope;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The layers as a test writes them.
#[derive(Default)]
struct Given<'a> {
    file: Option<&'a str>,
    git: &'a [(ConfigScope, &'a str, &'a str)],
    environment: &'a [(&'a str, &'a str)],
    remotes: &'a [&'a str],
}

impl Given<'_> {
    fn load(&self) -> Result<Settings, ConfigError> {
        let entry = |&(scope, name, value): &(ConfigScope, &str, &str)| ConfigEntry {
            name: name.to_owned(),
            value: value.to_owned(),
            scope,
        };
        let git: Vec<ConfigEntry> = self.git.iter().map(entry).collect();
        let pair = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        let environment: BTreeMap<String, String> = self.environment.iter().map(pair).collect();
        let remotes: Vec<String> = self.remotes.iter().map(|&name| name.to_owned()).collect();
        load(&Sources {
            file: self.file,
            git: &git,
            environment: &environment,
            remotes: &remotes,
        })
    }
}

fn file(text: &str) -> Result<Settings, ConfigError> {
    Given {
        file: Some(text),
        ..Given::default()
    }
    .load()
}

fn git(entries: &[(ConfigScope, &str, &str)]) -> Result<Settings, ConfigError> {
    Given {
        git: entries,
        ..Given::default()
    }
    .load()
}

fn environment(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    Given {
        environment: variables,
        ..Given::default()
    }
    .load()
}

fn origin<'a>(settings: &'a Settings, name: &str) -> (&'a str, &'a Origin) {
    let found = settings.origins.iter().find(|(key, ..)| key.name == name);
    found
        .map(|(_, value, origin)| (value.as_str(), origin))
        .unwrap()
}

use ConfigScope::{Command, Global, Local, System};

#[test]
fn the_defaults() {
    let settings = Given::default().load().unwrap();
    assert_eq!(settings.production, None);
    assert_eq!(settings.back_merge, [""; 0]);
    assert_eq!(settings.remote, None);
    assert_eq!(settings.prefix, "hotfix/");
    assert_eq!(settings.postmortems, ".claude/postmortems");
    assert_eq!(settings.timeout, Duration::from_secs(10));
    assert_eq!(settings.push_timeout, Duration::from_secs(120));
    assert_eq!(settings.gate, GateMode::Block);
    assert_eq!(settings.landing, LandingMode::Merge);
    assert_eq!(settings.checklist, crate::record::Template::CHECKLIST);
    assert_eq!(settings.sections, [""; 0]);
    assert_eq!(settings.severities, Severities::default());
    assert_eq!(settings.tag_prefix, "");
    assert_eq!(settings.format, Format::default());
}

#[test]
fn the_format_in_every_layer() {
    let text = "types = [\"fix\", \"perf\", \"fix\"]\nscope = \"required\"\ntag = \"\"\n\
        subject-length = 72\ntrailers = [\"Incident\", \"incident\"]\n";
    let of_file = file(text).unwrap();
    let entries = [
        (Local, "hotfix.types", "fix, perf"),
        (Local, "hotfix.scope", "required"),
        (Local, "hotfix.tag", ""),
        (Local, "hotfix.subjectlength", "72"),
        (Local, "hotfix.trailers", "Incident"),
    ];
    let want = Format {
        types: vec!["fix".to_owned(), "perf".to_owned()],
        scope: Scope::Required,
        tag: String::new(),
        subject_length: Some(72),
        trailers: vec!["Incident".to_owned()],
    };
    assert_eq!(of_file.format, want);
    assert_eq!(git(&entries).unwrap().format, want);
    assert_eq!(origin(&of_file, "types").0, "fix, perf");
    let variables = [
        ("GIT_HOTFIX_TYPES", "fix,perf"),
        ("GIT_HOTFIX_TAG", "[P0]"),
        ("GIT_HOTFIX_SUBJECT_LENGTH", "72"),
        ("GIT_HOTFIX_TRAILERS", "Incident\nSeverity"),
    ];
    let of_environment = environment(&variables).unwrap().format;
    assert_eq!(of_environment.types, want.types);
    assert_eq!(of_environment.tag, "[P0]");
    assert_eq!(of_environment.trailers, ["Incident", "Severity"]);
    let remedy = |result: Result<Settings, ConfigError>| result.unwrap_err().remedy;
    assert_eq!(
        remedy(git(&[(Local, "hotfix.tag", " x")])).as_deref(),
        Some("git config --local hotfix.tag '[HOTFIX]'")
    );
    for (text, words) in [
        ("types = \"fix\"", "types = [\"…\"]"),
        ("scope = true", "\"optional\", \"required\", \"forbidden\""),
        ("subject-length = [72]", "a number of characters"),
        ("tag = 1", "text in quotes"),
    ] {
        let error = file(text).unwrap_err();
        assert!(error.message.contains(words), "{error}");
    }
}

#[test]
fn every_key_says_where_it_came_from() {
    let settings = Given {
        file: Some("# ours\n\ngate = \"warn\"\nback-merge = [\"develop\", \"next\"]\n"),
        git: &[
            (Global, "gitflow.prefix.hotfix", "fix/"),
            (Local, "hotfix.timeout", "2m"),
        ],
        environment: &[("GIT_HOTFIX_LANDING", "pull-request")],
        ..Given::default()
    }
    .load()
    .unwrap();
    let names: Vec<_> = settings.origins.iter().map(|(key, ..)| key.name).collect();
    let known: Vec<_> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(names[..known.len()], known);
    // What no tracked file can set.
    assert!(
        names[known.len()..]
            .iter()
            .all(|name| name.starts_with("tracker"))
    );
    assert_eq!(
        origin(&settings, "gate"),
        ("warn", &Origin::File { line: 3 })
    );
    assert_eq!(
        origin(&settings, "back-merge"),
        ("develop, next", &Origin::File { line: 4 })
    );
    let flow = Origin::Gitflow {
        key: "gitflow.prefix.hotfix".to_owned(),
    };
    assert_eq!(origin(&settings, "prefix"), ("fix/", &flow));
    let local = Origin::Git {
        key: "hotfix.timeout".to_owned(),
        scope: "local".to_owned(),
    };
    assert_eq!(origin(&settings, "timeout"), ("120s", &local));
    let variable = Origin::Environment {
        variable: "GIT_HOTFIX_LANDING".to_owned(),
    };
    assert_eq!(origin(&settings, "landing"), ("pull-request", &variable));
    assert_eq!(origin(&settings, "production"), ("", &Origin::Default));
}

#[test]
fn later_layers_win() {
    let mut given = Given {
        git: &[(Local, "gitflow.branch.master", "flow")],
        ..Given::default()
    };
    let production = |given: &Given<'_>| given.load().unwrap().production.unwrap();
    assert_eq!(production(&given), "flow");
    given.file = Some("production = \"file\"");
    assert_eq!(production(&given), "file");
    given.git = &[
        (System, "hotfix.production", "system"),
        (Local, "gitflow.branch.master", "flow"),
        (Command, "hotfix.production", "command"),
    ];
    assert_eq!(production(&given), "command");
    given.environment = &[("GIT_HOTFIX_PRODUCTION", "environment")];
    assert_eq!(production(&given), "environment");
}

#[test]
fn gitflow_as_avh_writes_it() {
    let settings = git(&[
        (Local, "gitflow.branch.master", "master"),
        (Local, "gitflow.branch.develop", "develop"),
        (Local, "gitflow.prefix.hotfix", "hf/"),
        (Local, "gitflow.prefix.versiontag", "v"),
        (Local, "gitflow.prefix.feature", "feature/"),
    ])
    .unwrap();
    assert_eq!(settings.production.as_deref(), Some("master"));
    assert_eq!(settings.back_merge, ["develop"]);
    assert_eq!(
        (settings.prefix.as_str(), settings.tag_prefix.as_str()),
        ("hf/", "v")
    );
    let one = git(&[
        (Local, "gitflow.branch.master", "main"),
        (Local, "gitflow.branch.develop", "main"),
        (Local, "gitflow.prefix.versiontag", ""),
    ])
    .unwrap();
    assert_eq!(one.back_merge, [""; 0]);
    assert_eq!(origin(&one, "tag-prefix"), ("", &Origin::Default));
}

const NEXT: [(ConfigScope, &str, &str); 11] = [
    (Local, "gitflow.version", "1.0"),
    (Local, "gitflow.branch.release/1.x.type", "base"),
    (Local, "gitflow.branch.release/1.x.parent", "main"),
    (Local, "gitflow.branch.release/1.x.autoupdate", "false"),
    (Local, "gitflow.branch.main.type", "base"),
    (Local, "gitflow.branch.develop.type", "base"),
    (Local, "gitflow.branch.develop.parent", "main"),
    (Local, "gitflow.branch.hotfix.type", "topic"),
    (Local, "gitflow.branch.hotfix.parent", "main"),
    (Local, "gitflow.branch.hotfix.prefix", "urgent/"),
    (Local, "gitflow.branch.hotfix.tagprefix", "v"),
];

#[test]
fn gitflow_as_git_flow_next_writes_it() {
    let settings = git(&NEXT).unwrap();
    assert_eq!(settings.production.as_deref(), Some("main"));
    assert_eq!(settings.back_merge, ["develop"]);
    assert_eq!(
        (settings.prefix.as_str(), settings.tag_prefix.as_str()),
        ("urgent/", "v")
    );
    let key = "gitflow.branch.develop.parent".to_owned();
    assert_eq!(origin(&settings, "back-merge").1, &Origin::Gitflow { key });
    let without_type = git(&NEXT[..7]).unwrap();
    assert_eq!(without_type.production.as_deref(), Some("main"));
    assert_eq!(without_type.prefix, "hotfix/");
}

#[test]
fn a_branch_named_as_gitflows_own_key_is_no_avh() {
    let settings = git(&[
        (Local, "gitflow.branch.master.type", "base"),
        (Local, "gitflow.branch.staging.type", "base"),
        (Local, "gitflow.branch.staging.parent", "master"),
        (Local, "gitflow.branch.develop.type", "base"),
        (Local, "gitflow.branch.develop.parent", "staging"),
    ])
    .unwrap();
    assert_eq!(settings.production.as_deref(), Some("master"));
    assert_eq!(settings.back_merge, ["staging"]);
}

#[test]
fn git_lists_grow_within_a_scope_and_are_replaced_by_the_next() {
    let list = |entries: &[(ConfigScope, &str, &str)]| git(entries).unwrap().back_merge;
    let global = [
        (Global, "hotfix.back-merge", "a, b"),
        (Global, "hotfix.backmerge", "c"),
        (Local, "hotfix.back-merge", "d"),
        (Local, "hotfix.back-merge", "e"),
    ];
    assert_eq!(list(&global[..2]), ["a", "b", "c"]);
    assert_eq!(list(&global), ["d", "e"]);
    let emptied = [global[0], (Global, "hotfix.back-merge", "")];
    assert_eq!(list(&emptied), [""; 0]);
    let begun_anew = [global[0], emptied[1], global[1]];
    assert_eq!(list(&begun_anew), ["c"]);
    let items = git(&[
        (Local, "hotfix.checklist", "Tested, twice"),
        (Local, "hotfix.checklist", "Rolled back"),
    ]);
    assert_eq!(items.unwrap().checklist, ["Tested, twice", "Rolled back"]);
}

#[test]
fn the_environment() {
    let settings = environment(&[
        ("GIT_HOTFIX_BACK_MERGE", "develop,release/1.2\nnext"),
        ("GIT_HOTFIX_CHECKLIST", "Tested, twice\nRolled back\n"),
        ("GIT_HOTFIX_PUSH_TIMEOUT", "500ms"),
        ("GIT_HOTFIX_OVERRIDE", "why"),
        ("GIT_HOTFIX_PUBLISH", "1"),
        ("GIT_HOTFIX_HOOK", "pre-push"),
        ("GIT_HOTFIX_GATE", ""),
        ("GIT_HOTFIXES", "another's"),
        ("PATH", "/bin"),
    ])
    .unwrap();
    assert_eq!(settings.back_merge, ["develop", "release/1.2", "next"]);
    assert_eq!(settings.checklist, ["Tested, twice", "Rolled back"]);
    assert_eq!(settings.push_timeout, Duration::from_millis(500));
    assert_eq!(origin(&settings, "push-timeout").0, "500ms");
    assert_eq!(settings.gate, GateMode::Block);
}

#[test]
fn the_file_is_typed() {
    let settings = file(
        "timeout = 5\npush-timeout = \"2m\"\nsections = [\"Customers\"]\n\
         severities = [\n  \"S1: down: now\",\n  \"S2: slow: today\",\n]\n",
    )
    .unwrap();
    assert_eq!(settings.timeout, Duration::from_secs(5));
    assert_eq!(settings.push_timeout, Duration::from_secs(120));
    assert_eq!(settings.sections, ["Customers"]);
    assert_eq!(settings.severities.rows()[1].name, "S2");
    let error = file("x = 1\n\n\ngate = \"block\"").unwrap_err();
    assert_eq!(error.place, ".hotfix.toml:1");
    for (text, place, words) in [
        (
            "\ngate = true",
            ".hotfix.toml:2",
            "\"block\", \"warn\", \"off\"",
        ),
        ("landing = 1", ".hotfix.toml:1", "pull-request"),
        ("timeout = 0x10", ".hotfix.toml:1", "seconds"),
        ("timeout = 1.5", ".hotfix.toml:1", "seconds"),
        ("prefix = [\"a/\"]", ".hotfix.toml:1", "text in quotes"),
        (
            "back-merge = \"develop\"",
            ".hotfix.toml:1",
            "back-merge = [\"…\"]",
        ),
        (
            "checklist = [\n  \"a\",\n  2,\n]",
            ".hotfix.toml:3",
            "text only",
        ),
        ("gate = \"block\"\ngate = \"warn\"", ".hotfix.toml:2", ""),
        ("gate = \"block\"\nprefix = ", ".hotfix.toml:2", ""),
        ("gate: block", ".hotfix.toml:1", ""),
        ("\n[gate]\nmode = 1", ".hotfix.toml:2", "one of"),
    ] {
        let error = file(text).unwrap_err();
        assert_eq!(error.place, place, "{text:?} {error}");
        assert!(error.message.contains(words), "{text:?} {error}");
        assert!(!error.message.contains('\n'), "{error}");
    }
}

#[test]
fn values_are_tidied() {
    let settings = git(&[
        (Local, "hotfix.production", "main"),
        (Local, "hotfix.back-merge", "develop, main, develop"),
        (Local, "hotfix.postmortems", "docs/incidents/"),
    ])
    .unwrap();
    assert_eq!(settings.back_merge, ["develop"]);
    assert_eq!(settings.postmortems, "docs/incidents");
}

/// Takes the `#` from every line of the sample that is no prose.
fn uncommented() -> String {
    let mut out = String::new();
    for line in sample().lines() {
        let prose = |rest: &str| rest.starts_with(' ') && !rest.starts_with("  ");
        let bare = line.strip_prefix('#').filter(|rest| !prose(rest));
        out.push_str(bare.unwrap_or(line));
        out.push('\n');
    }
    out
}

#[test]
fn the_sample_says_the_defaults() {
    assert!(
        sample()
            .lines()
            .all(|line| line.is_empty() || line.starts_with('#'))
    );
    let mut defaults = file(&sample()).unwrap();
    assert_eq!(defaults, Given::default().load().unwrap());
    let mut said = file(&uncommented()).unwrap();
    let shown = |s: &Settings| -> Vec<String> { s.origins.iter().map(|o| o.1.clone()).collect() };
    assert_eq!(shown(&said), shown(&defaults));
    let from_file = |o: &(Key, String, Origin)| matches!(o.2, Origin::File { .. });
    let own = &said.origins[..KEYS.len()];
    assert!(own.iter().all(from_file), "{own:?}");
    defaults.origins.clear();
    said.origins.clear();
    assert_eq!(said, defaults);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_file_is_judged(text in any::<String>(), value in any::<String>()) {
        let _ = file(&text);
        for key in KEYS {
            let quoted = format!("{} = {value:?}", key.name);
            let _ = (file(&quoted), git(&[(Local, &format!("hotfix.{}", key.name), &value)]));
        }
    }
}

#[test]
fn the_tracker_comes_from_git_and_the_environment() {
    let settings = git(&[
        (Global, "hotfix.tracker", "GitHub"),
        (Local, "hotfix.tracker.timeout", "1m"),
        (Local, "hotfix.tracker.project", "shop/incidents"),
        (Command, "hotfix.tracker", "ohno"),
    ]);
    let settings = settings.unwrap();
    let tracker = &settings.tracker;
    assert_eq!(tracker.kind, tracker::Kind::Ohno);
    assert_eq!(tracker.timeout.as_secs(), 60);
    assert!(!tracker.npx);
    let (value, from) = origin(&settings, "tracker");
    assert_eq!(value, "ohno");
    assert_eq!(from.to_string(), "git config hotfix.tracker (command)");
    let chosen = [
        ("GIT_HOTFIX_TRACKER", "command"),
        ("GIT_HOTFIX_TRACKER_COMMAND", "tell --token x"),
        ("GIT_HOTFIX_TRACKER_NPX", "yes"),
    ];
    let settings = environment(&chosen).unwrap();
    assert_eq!(settings.tracker.kind, tracker::Kind::Command);
    assert_eq!(settings.tracker.command.as_deref(), Some("tell --token x"));
    assert!(settings.tracker.npx);
    assert_eq!(origin(&settings, "tracker.command").0, "(set, not shown)");
}

#[test]
fn a_tracker_that_cannot_be_used_is_none_in_a_lenient_reading() {
    let entry = |name: &str, value: &str| ConfigEntry {
        name: name.to_owned(),
        value: value.to_owned(),
        scope: Local,
    };
    let git = [
        entry("hotfix.tracker", "jira"),
        entry("hotfix.tracker.x", "1"),
    ];
    let sources = Sources {
        file: None,
        git: &git,
        environment: &BTreeMap::new(),
        remotes: &[],
    };
    let (settings, refused) = load_leniently(&sources).unwrap();
    assert_eq!(settings.tracker.kind, tracker::Kind::None);
    assert_eq!(refused.len(), 2, "{refused:?}");
}
