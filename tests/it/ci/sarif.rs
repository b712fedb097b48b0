//! SARIF as a CI job makes it.

use super::document::{shell_lines, valid_by};
use super::forge::{BRANCH, Forge, GITHUB};
use crate::support::Ran;

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
