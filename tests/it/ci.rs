//! `docs/ci.md`: its shell lines, run in clones like those each system makes, with the variables it
//! sets.

mod document;
mod forge;
mod sarif;

use crate::support::{Ran, Sandbox};
use document::{block, document};
use forge::{AZURE, BRANCH, Forge, GITHUB, GITLAB, JENKINS, ZERO, commit, push};
use std::fs;

#[test]
fn a_hotfix_that_is_ready_passes_as_a_request_on_every_system() {
    for (system, ran) in Forge::ready().requests() {
        assert_eq!(ran.code, 0, "{system}: {ran:#?}");
        ran.says("1 judged").says("2026-11-22-login-is-down");
    }
}

#[test]
fn copies_of_records_that_the_remote_has_are_not_taken_for_the_remotes_own() {
    let forge = Forge::ready();
    let copy = "refs/hotfix/remotes/fork/2026-11-22-login-is-down";
    push(&forge.shop, &[&format!("{}:{copy}", forge.head)]);
    for (system, ran) in forge.requests() {
        assert_eq!(ran.code, 0, "{system}: {ran:#?}");
        let refs = ["for-each-ref", "--format=%(refname)", "refs/hotfix"];
        let refs = forge.shop.git_in("ci", &refs).ok().stdout;
        assert!(!refs.contains("remotes"), "{system}: {refs}");
    }
}

#[test]
fn a_message_or_an_open_item_stops_a_request_on_every_system() {
    for (system, ran) in Forge::unready().requests() {
        assert_eq!(ran.code, 1, "{system}: {ran:#?}");
        ran.says("quick fix").says("Rollback plan ready");
    }
}

#[test]
fn github_gets_its_findings_as_annotations() {
    let forge = Forge::unready();
    forge.clone_all("+refs/pull/7/merge:refs/remotes/pull/7/merge", &forge.merge);
    let ran = forge.github_request().fails(1);
    let commands: Vec<&str> = ran.stdout.lines().filter(|l| l.starts_with("::")).collect();
    let is_item = |line: &&&str| {
        line.starts_with("::error file=.claude/postmortems/2026-11-22-login-is-down.md,line=")
            && line.contains("::[ ] Rollback plan ready%0Agit hotfix check rollback")
    };
    assert_eq!(commands.iter().filter(is_item).count(), 1, "{ran:#?}");
    let about_commit = "::error title=Commit messages have the hotfix format (gate-message)::";
    assert!(
        commands.iter().any(|line| line.starts_with(about_commit)),
        "{ran:#?}"
    );
    // Elsewhere there are words.
    forge
        .gitlab_request()
        .fails(1)
        .says("  - [ ] Rollback plan ready");
}

#[test]
fn what_was_asked_for_comes_before_what_the_system_would_read() {
    let forge = Forge::unready();
    forge.clone_all("+refs/pull/7/head:refs/heads/x", &forge.head);
    let github = |line: &str| forge.run_lines(line, &[("GITHUB_ACTIONS", "true")]);
    let line = format!("git hotfix verify origin/main..HEAD --branch {BRANCH}");
    github(&line).fails(1).says("::error");
    let ran = github(&format!("{line} --format words")).fails(1);
    assert!(!ran.stdout.contains("::error"), "{ran:#?}");
    let ran = github(&format!("{line} --json")).fails(1);
    assert_eq!(ran.json()["judged"], 1);
    github(&format!("{line} --json --format words")).fails(2);
    let elsewhere = forge.run_lines(&format!("{line} --format github"), &[]);
    elsewhere.fails(1).says("::error");
    // An event that cannot be read is told of, and what it would have said is looked for.
    let vars = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_EVENT_PATH", "/nowhere/event.json"),
        ("GITHUB_REF", "refs/heads/hotfix/login-is-down"),
        ("GITHUB_SHA", &forge.head),
    ];
    forge
        .run(GITHUB, &vars)
        .fails(1)
        .says("the event is not known")
        .says("1 judged");
}

#[test]
fn a_shallow_clone_is_not_judged_and_the_mending_line_is_the_systems_own() {
    let forge = Forge::ready();
    let document = document();
    let see = |ran: Ran, line: &str| {
        ran.fails(3).says("Nothing was judged").says(line);
        assert!(document.contains(line), "{line}");
    };
    forge.clone_shallow(&forge.merge);
    see(forge.github_request(), "fetch-depth: 0");
    forge.clone_shallow(&forge.merge);
    see(forge.azure_request(), "fetchDepth: 0");
    forge.clone_shallow(&forge.head);
    see(forge.gitlab_request(), "GIT_DEPTH: 0");
    forge.clone_shallow(&forge.head);
    see(
        forge.jenkins_request(),
        "[$class: 'CloneOption', shallow: false]",
    );
    // A push on a system that does not say which branch is the default.
    forge.clone_shallow(&forge.head);
    let branch = format!("refs/heads/{BRANCH}");
    let azure = [
        ("TF_BUILD", "True"),
        ("BUILD_REASON", "IndividualCI"),
        ("BUILD_SOURCEBRANCH", branch.as_str()),
        ("BUILD_SOURCEVERSION", &forge.head),
    ];
    see(forge.run(AZURE, &azure), "fetchDepth: 0");
    // A push, whose past is not there.
    forge.clone_shallow(&forge.head);
    let name = format!("refs/heads/{BRANCH}");
    see(
        forge.github_push(&name, &forge.main, &forge.head),
        "fetch-depth: 0",
    );
    see(
        forge.github_push(&name, ZERO, &forge.head),
        "fetch-depth: 0",
    );
}

#[test]
fn a_pushed_branch_is_judged_from_what_was_there_before() {
    for (forge, code) in [(Forge::ready(), 0), (Forge::unready(), 1)] {
        let name = format!("refs/heads/{BRANCH}");
        forge.clone_all("+refs/pull/7/head:refs/heads/x", &forge.head);
        // New, grown, and set back by a rebase: the commit before is in no clone then.
        let before = forge.shop.rev("v2.3.1^{commit}");
        let lost = "1234567890123456789012345678901234567890";
        for before in [ZERO, &before, lost] {
            let ran = forge.github_push(&name, before, &forge.head).fails(code);
            ran.says("1 judged");
        }
        let gitlab = |before: &str| {
            let vars = [
                ("GITLAB_CI", "true"),
                ("CI_PIPELINE_SOURCE", "push"),
                ("CI_DEFAULT_BRANCH", "main"),
                ("CI_COMMIT_BRANCH", BRANCH),
                ("CI_COMMIT_BEFORE_SHA", before),
                ("CI_COMMIT_SHA", &forge.head),
            ];
            forge.run(GITLAB, &vars)
        };
        gitlab(ZERO).fails(code).says("1 judged");
        gitlab(&before).fails(code).says("1 judged");
        let azure = [
            ("TF_BUILD", "True"),
            ("BUILD_REASON", "IndividualCI"),
            ("BUILD_SOURCEBRANCH", name.as_str()),
            ("BUILD_SOURCEVERSION", &forge.head),
        ];
        forge.run(AZURE, &azure).fails(code).says("1 judged");
        let jenkins = [
            ("JENKINS_URL", "https://ci.example.com/"),
            ("BRANCH_NAME", BRANCH),
            ("GIT_COMMIT", &forge.head),
        ];
        forge.run(JENKINS, &jenkins).fails(code).says("1 judged");
    }
}

#[test]
fn a_branch_that_was_published_unfinished_passes_until_it_goes_to_production() {
    let shop = Sandbox::incident();
    let text = "fn login() { ok() }\n";
    shop.commit("src/auth.rs", text, "fix: [HOTFIX] do not panic");
    shop.hotfix(&["publish"]).ok();
    let forge = Forge::of(shop);
    let name = format!("refs/heads/{BRANCH}");
    forge.clone_all("+refs/pull/7/head:refs/heads/x", &forge.head);
    let ran = forge.github_push(&name, ZERO, &forge.head).ok();
    ran.says("Rollback plan ready");
    for (system, ran) in forge.requests() {
        assert_eq!(ran.code, 1, "{system}: {ran:#?}");
    }
    let landed = forge.land();
    forge.clone_all("+refs/pull/7/head:refs/heads/x", &landed);
    let onto_main = forge.github_push("refs/heads/main", &forge.main, &landed);
    onto_main.fails(1).says("Rollback plan ready");
    // What came on top was not published, and a message is never excused.
    forge
        .shop
        .commit("src/auth.rs", "fn login() {}\n", "fix: [HOTFIX] more");
    let more = forge.shop.rev(BRANCH);
    push(&forge.shop, &[BRANCH]);
    forge.clone_all("+refs/pull/7/head:refs/heads/x", &more);
    let ran = forge.github_push(&name, &forge.head, &more).fails(1);
    ran.says("Rollback plan ready");
}

#[test]
fn what_lands_is_judged_on_the_branch_in_the_queue_and_by_its_tag() {
    for (forge, code) in [(Forge::ready(), 0), (Forge::unready(), 1)] {
        let landed = forge.land();
        forge.clone_all("+refs/pull/7/merge:refs/remotes/pull/7/merge", &landed);
        let main = &forge.main;
        forge
            .github_push("refs/heads/main", main, &landed)
            .fails(code)
            .says("login-is-down");
        forge
            .github_push("refs/tags/v2.3.2", ZERO, &landed)
            .fails(code)
            .says("login-is-down");
        let queue = format!(
            r#"{{"merge_group": {{"base_ref": "refs/heads/main", "base_sha": "{main}",
                "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-{main}",
                "head_sha": "{}"}}}}"#,
            forge.merge
        );
        // The queue's merge names no incident: its commits tell.
        let ran = forge.github("merge_group", &[("GITHUB_SHA", &forge.merge)], &queue);
        ran.fails(code).says("login-is-down");
        let gitlab = [
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_COMMIT_TAG", "v2.3.2"),
            ("CI_COMMIT_SHA", &landed),
        ];
        forge.run(GITLAB, &gitlab).fails(code).says("login-is-down");
        // Nothing tells these two what was there before: it is the last release.
        let azure = [
            ("TF_BUILD", "True"),
            ("BUILD_REASON", "IndividualCI"),
            ("BUILD_SOURCEBRANCH", "refs/heads/main"),
            ("BUILD_SOURCEVERSION", &landed),
        ];
        forge.run(AZURE, &azure).fails(code).says("login-is-down");
        let jenkins = [
            ("JENKINS_URL", "https://ci.example.com/"),
            ("TAG_NAME", "v2.3.2"),
            ("BRANCH_NAME", "v2.3.2"),
            ("GIT_COMMIT", &landed),
        ];
        forge
            .run(JENKINS, &jenkins)
            .fails(code)
            .says("login-is-down");
    }
}

#[test]
fn a_squashed_request_is_known_by_the_incident_it_names_and_by_its_change() {
    for (forge, code) in [(Forge::ready(), 0), (Forge::unready(), 1)] {
        let landed = |message: &str| {
            let squashed = commit(&forge.shop, BRANCH, &[&forge.main], message);
            push(&forge.shop, &[&format!("+{squashed}:refs/heads/main")]);
            forge.clone_all("+refs/pull/7/head:refs/heads/x", &squashed);
            forge.github_push("refs/heads/main", &forge.main, &squashed)
        };
        let named = "fix: [HOTFIX] login (#7)\n\nIncident: 2026-11-22-login-is-down";
        landed(named).fails(code).says("2026-11-22-login-is-down");
        landed("fix: [HOTFIX] login (#7)")
            .fails(code)
            .says("2026-11-22-login-is-down");
    }
}

#[test]
fn a_forges_own_rules_are_for_the_branches_that_the_document_names() {
    let document = document();
    let line = "git hotfix config --ruleset";
    assert!(document.contains(line), "{document}");
    let words: Vec<&str> = line.split(' ').skip(2).chain(["--json"]).collect();
    let ruleset = Sandbox::shop().hotfix(&words).ok().json();
    let branches = ruleset["branches"].as_str().unwrap();
    assert!(document.contains(&format!("`{branches}`")), "{branches}");
}

#[test]
fn what_belongs_to_no_hotfix_passes() {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-q", "-c", "feature/x"]).ok();
    shop.commit("src/x.rs", "", "whatever people write");
    fs::create_dir(shop.path("ci-home")).unwrap();
    let (main, head) = (shop.rev("main"), shop.rev("HEAD"));
    let merge = commit(&shop, "HEAD", &["main", "HEAD"], "Merge it into main");
    push(&shop, &["feature/x", &format!("{merge}:refs/pull/7/merge")]);
    let forge = Forge {
        shop,
        main,
        head,
        merge,
    };
    let says = |ran: Ran| ran.ok().says("0 judged; no incident");
    forge.clone_all("+refs/pull/7/merge:refs/remotes/pull/7/merge", &forge.merge);
    let event = format!(
        r#"{{"pull_request": {{"base": {{"sha": "{}"}}, "head": {{"sha": "{}"}}}}}}"#,
        forge.main, forge.head
    );
    let vars = [
        ("GITHUB_HEAD_REF", "feature/x"),
        ("GITHUB_BASE_REF", "main"),
    ];
    says(forge.github("pull_request", &vars, &event));
    says(forge.github_push("refs/heads/feature/x", ZERO, &forge.head));
    says(forge.github_push("refs/heads/main", &forge.main, &forge.merge));
    says(forge.github_push("refs/tags/v3.0.0", ZERO, &forge.merge));
    // A button, on the main branch: since the last release.
    let vars = [
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_SHA", forge.merge.as_str()),
    ];
    says(forge.github("workflow_dispatch", &vars, "{}")).says("2 commits");
}

#[test]
fn the_hooks_of_a_server_are_put_there_as_the_document_says() {
    let shop = Sandbox::incident();
    shop.executable(
        "origin.git/hooks/pre-receive",
        "#!/bin/sh\necho the forge >&2\n",
    );
    shop.shell_in("origin.git", &[], &block("Servers", 0)).ok();
    shop.commit("src/auth.rs", "fn login() { ok() }\n", "quick fix");
    let push = ["push", "--no-verify", "origin", BRANCH];
    shop.git(&push)
        .fails(1)
        .says("remote: the forge")
        .says("quick fix");
    assert!(!shop.refs("origin.git").contains(BRANCH));
    let reason = "-ohotfix-override=staging is down";
    let record = "refs/hotfix/incidents/*:refs/hotfix/incidents/*";
    shop.git(&[&push[..], &[record, reason]].concat())
        .ok()
        .says("on the record");
}

#[test]
fn a_request_from_a_fork_is_judged_by_the_record_here() {
    let forge = Forge::ready();
    push(&forge.shop, &[&format!(":refs/heads/{BRANCH}")]);
    let merge = "+refs/pull/7/merge:refs/remotes/pull/7/merge";
    forge.clone_all(merge, &forge.merge);
    forge.github_request().ok().says("1 judged");
    // Without the record it is not let through, and the line that fetches it is there.
    forge
        .shop
        .git(&[
            "push",
            "-q",
            "origin",
            ":refs/hotfix/incidents/2026-11-22-login-is-down",
        ])
        .ok();
    forge.clone_all(merge, &forge.merge);
    forge
        .github_request()
        .fails(1)
        .says("git fetch origin 'refs/hotfix/incidents/*:refs/hotfix/incidents/*'");
}

#[test]
fn an_override_that_was_shared_lets_the_job_pass_for_that_fix_only() {
    let forge = Forge::ready();
    forge.shop.hotfix(&["check", "rollback", "--undo"]).ok();
    forge.share_the_record();
    let all = || forge.clone_all("+refs/pull/7/merge:refs/remotes/pull/7/merge", &forge.merge);
    all();
    forge.github_request().fails(1).says("::error");
    forge
        .shop
        .hotfix(&["gate", "--override", "staging is down"])
        .ok();
    forge.share_the_record();
    all();
    let ran = forge
        .github_request()
        .ok()
        .says("::warning")
        .says("staging is down");
    assert!(!ran.stdout.contains("::error"), "{ran:#?}");
    // Another fix is another matter.
    forge.shop.commit(
        "src/auth.rs",
        "fn login() { better() }\n",
        "fix: [HOTFIX] better",
    );
    let forge = Forge::of(forge.shop);
    forge.clone_all("+refs/pull/7/merge:refs/remotes/pull/7/merge", &forge.merge);
    forge
        .github_request()
        .fails(1)
        .says("::error")
        .says("Rollback plan ready");
}

#[test]
fn text_of_a_commit_gives_the_system_no_command() {
    let shop = Sandbox::incident();
    let message = "##vso[task.setvariable variable=PATH]/tmp ##[add-mask]x\u{1b}[2J";
    shop.commit("src/auth.rs", "fn login() { ok() }\n", message);
    let forge = Forge::of(shop);
    for (system, ran) in forge.requests() {
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.code, 1, "{system}");
        assert!(said.contains("task.setvariable"), "{system}: {said}");
        for command in ["##vso[", "##[", "\u{1b}"] {
            assert!(!said.contains(command), "{system}: {said}");
        }
    }
    let vars = [("TF_BUILD", "True")];
    let json = format!("git hotfix verify origin/main..HEAD --branch {BRANCH} --json");
    let ran = forge.run_lines(&json, &vars).fails(1);
    assert!(!ran.stdout.contains("##"), "{}", ran.stdout);
    assert!(
        ran.json()["findings"].to_string().contains("##vso["),
        "{}",
        ran.stdout
    );
}
