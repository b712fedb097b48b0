//! What is refused, with its place and what to do.

use super::*;

#[test]
fn an_unknown_name_is_refused_with_the_nearest() {
    let error = file("gate = \"block\"\nback_merge = []").unwrap_err();
    assert_eq!(
        error.to_string(),
        ".hotfix.toml:2: unknown setting 'back_merge'; the nearest is 'back-merge'"
    );
    let error = git(&[(Local, "hotfix.gat", "block")]).unwrap_err();
    assert_eq!(error.place, "git config hotfix.gat (local)");
    assert!(error.message.contains("'gate'"));
    assert_eq!(
        error.remedy.as_deref(),
        Some("git config --local --unset-all hotfix.gat")
    );
    assert!(git(&[(Local, "hotfix.a.gate", "block")]).is_err());
    let error = environment(&[("GIT_HOTFIX_BACKMERGES", "a")]).unwrap_err();
    assert_eq!(error.place, "GIT_HOTFIX_BACKMERGES");
    assert!(error.message.contains("GIT_HOTFIX_BACK_MERGE"), "{error}");
}

#[test]
fn a_tracked_file_names_no_program_and_no_address() {
    for text in [
        "tracker = \"ohno\"",
        "announce = \"https://example.com\"",
        "command = \"rm\"",
        "url = \"x\"",
        "editor = \"vi\"",
        "[tracker]\ncommand = \"rm\"",
        "tracker.command = \"rm\"",
        "announce.slack.url = \"x\"",
    ] {
        let error = file(text).unwrap_err();
        assert_eq!(error.place, ".hotfix.toml:1");
        assert!(
            error.message.contains("never read from a tracked file"),
            "{error}"
        );
    }
    for (text, name, line) in [
        ("tracker = \"ohno\"", "'tracker'", "hotfix.tracker ohno"),
        (
            "[tracker]\ncommand = \"rm\"",
            "'tracker.command'",
            "hotfix.tracker.command <value>",
        ),
        (
            "[announce.chat]\nurl = \"x\"\ntype = \"json\"",
            "'announce.chat.url'",
            "hotfix.announce.chat.url <value>",
        ),
        (
            "announce = \"https://example.com\"",
            "'announce'",
            "hotfix.announce.<name>.type <value>",
        ),
        (
            "tracker = \"x; touch pwned\"",
            "'tracker'",
            "hotfix.tracker <value>",
        ),
        (
            "tracker.\"x; touch pwned\" = 1",
            "'tracker.x; touch pwned'",
            "hotfix.tracker <value>",
        ),
    ] {
        let message = file(text).unwrap_err().message;
        assert!(message.contains(name), "{message}");
        let line = format!("for your clone: git config {line}");
        assert!(message.ends_with(&line), "{message}");
    }
    for remote in [
        "https://example.com/x.git",
        "../evil",
        "git@example.com:x",
        "--upload-pack=rm",
    ] {
        let text = format!("remote = \"{remote}\"");
        assert!(file(&text).is_err(), "{remote}");
        let given = Given {
            file: Some(&text),
            remotes: &["origin"],
            ..Given::default()
        };
        assert_eq!(
            given.load().unwrap_err().place,
            ".hotfix.toml:1",
            "{remote}"
        );
    }
}

#[test]
fn a_remote_is_one_that_is_configured() {
    let with = |name: &str, remotes: &[&str]| {
        let variables = [("GIT_HOTFIX_REMOTE", name)];
        let given = Given {
            environment: &variables,
            remotes,
            ..Given::default()
        };
        given.load().map(|settings| settings.remote)
    };
    assert_eq!(
        with("upstream", &["origin", "upstream"]),
        Ok(Some("upstream".to_owned()))
    );
    assert_eq!(
        with("team/fork", &["team/fork"]),
        Ok(Some("team/fork".to_owned()))
    );
    assert_eq!(with("upstream", &[]), Ok(Some("upstream".to_owned())));
    let error = with("upstream", &["origin"]).unwrap_err();
    assert!(error.message.contains("origin"), "{error}");
    assert!(with("team/fork", &[]).is_err());
    assert!(with("-x", &["-x"]).is_err());
}

#[test]
fn values_that_cannot_be_used() {
    for (name, value) in [
        ("production", "-x"),
        ("production", "a b"),
        ("production", "refs/heads/main"),
        ("production", "hotfix/main"),
        ("back-merge", "a..b"),
        ("back-merge", "-d"),
        ("prefix", "hotfix"),
        ("prefix", ""),
        ("prefix", "/"),
        ("prefix", "-"),
        ("prefix", "a b/"),
        ("prefix", "'$(touch${IFS}x)'/"),
        ("prefix", "`x`/"),
        ("prefix", "a;x/"),
        ("prefix", "a\u{a0}b/"),
        ("prefix", "hotfix-log/"),
        ("postmortems", "/etc"),
        ("postmortems", "../x"),
        ("postmortems", "a/../../x"),
        ("postmortems", ".git/x"),
        ("postmortems", "a/.GIT/x"),
        ("postmortems", ".git./x"),
        ("postmortems", "C:/x"),
        ("postmortems", "a\\b"),
        ("postmortems", "."),
        ("postmortems", ""),
        ("timeout", "0"),
        ("timeout", "soon"),
        ("timeout", "-5"),
        ("timeout", "2h"),
        ("timeout", "99999999999999999999"),
        ("timeout", "18446744073709551615m"),
        ("push-timeout", ""),
        ("gate", "true"),
        ("gate", "Block"),
        ("landing", "rebase"),
        ("checklist", ""),
        ("sections", "## Customers"),
        ("severities", "P0"),
        ("severities", ""),
        ("tag-prefix", "a b"),
        ("types", ""),
        ("types", "Fix"),
        ("types", "fix, fe at"),
        ("scope", "always"),
        ("scope", ""),
        ("tag", " [P0]"),
        ("tag", "a\nb"),
        ("tag", "a\u{200b}b"),
        ("subject-length", "many"),
        ("subject-length", "20"),
        ("subject-length", "+72"),
        ("subject-length", "1001"),
        ("trailers", "In cident"),
        ("trailers", "Incident:"),
    ] {
        let key = format!("hotfix.{name}");
        let error = git(&[(Local, &key, value)]).unwrap_err();
        assert!(error.message.starts_with(name), "{error}");
        assert_eq!(error.place, format!("git config {key} (local)"));
    }
    let both = [
        (Local, "hotfix.production", "fix/main"),
        (Local, "hotfix.prefix", "fix/"),
    ];
    assert!(git(&both).unwrap_err().message.starts_with("prefix"));
}

#[test]
fn a_remedy_writes_where_the_wrong_value_stands() {
    let remedy = |result: Result<Settings, ConfigError>| result.unwrap_err().remedy;
    let wrong = |scope| remedy(git(&[(scope, "hotfix.gate", "true")]));
    assert_eq!(
        wrong(Global).as_deref(),
        Some("git config --global hotfix.gate block")
    );
    assert_eq!(wrong(Command), None);
    let flow = remedy(git(&[(Local, "gitflow.prefix.hotfix", "hot.")]));
    assert_eq!(flow.as_deref(), Some("git config hotfix.prefix hotfix/"));
    let variable = remedy(environment(&[("GIT_HOTFIX_GATE", "no")]));
    assert_eq!(variable.as_deref(), Some("export GIT_HOTFIX_GATE=block"));
}

#[test]
fn what_another_layer_replaces_is_not_judged() {
    let settings = git(&[
        (Local, "gitflow.prefix.hotfix", "hot."),
        (Local, "hotfix.prefix", "hotfix/"),
        (Local, "hotfix.gate", "true"),
        (Command, "hotfix.gate", "off"),
    ]);
    assert_eq!(settings.unwrap().gate, GateMode::Off);
}
