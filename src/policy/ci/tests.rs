use super::{Event, Pipeline, System, detect, event_file};
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};

const OLD: &str = "1111111111111111111111111111111111111111";
const NEW: &str = "2222222222222222222222222222222222222222";
const MERGE: &str = "3333333333333333333333333333333333333333";
const ZERO: &str = "0000000000000000000000000000000000000000";

fn run(vars: &[(&str, &str)], event: Option<&str>) -> Option<Pipeline> {
    let var = |name: &str| {
        let found = vars.iter().find(|(have, _)| *have == name);
        found.map(|(_, value)| *value).filter(|v| !v.is_empty())
    };
    detect(&var, event)
}

fn github(name: &str, vars: &[(&str, &str)], event: &str) -> Pipeline {
    let own = [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", name)];
    run(&[&own, vars].concat(), Some(event)).unwrap()
}

fn gitlab(vars: &[(&str, &str)]) -> Pipeline {
    let own = [("GITLAB_CI", "true"), ("CI_DEFAULT_BRANCH", "main")];
    run(&[&own, vars].concat(), None).unwrap()
}

fn azure(vars: &[(&str, &str)]) -> Pipeline {
    run(&[&[("TF_BUILD", "True")], vars].concat(), None).unwrap()
}

fn jenkins(vars: &[(&str, &str)]) -> Pipeline {
    run(&[&[("JENKINS_URL", "https://ci/")], vars].concat(), None).unwrap()
}

fn text(words: &str) -> Option<String> {
    Some(words.to_owned())
}

#[test]
fn outside_ci_there_is_no_run() {
    assert_eq!(run(&[], None), None);
    let left_over = [
        ("GITHUB_ACTIONS", "false"),
        ("GITHUB_SHA", NEW),
        ("CI", "1"),
    ];
    assert_eq!(run(&left_over, None), None);
}

#[test]
fn a_pull_request_on_github_is_its_head_and_not_the_merge_that_is_tried() {
    let event = format!(
        r#"{{"pull_request": {{"base": {{"ref": "main", "sha": "{OLD}"}},
            "head": {{"ref": "hotfix/login", "sha": "{NEW}", "repo": {{"fork": true}}}}}},
            "repository": {{"default_branch": "trunk"}}}}"#
    );
    let vars = [
        ("GITHUB_HEAD_REF", "hotfix/login"),
        ("GITHUB_BASE_REF", "main"),
        ("GITHUB_REF", "refs/pull/7/merge"),
        ("GITHUB_SHA", MERGE),
    ];
    let expected = Pipeline {
        branch: text("hotfix/login"),
        target: text("main"),
        base: text(OLD),
        head: text(NEW),
        default_branch: text("trunk"),
        ..Pipeline::new(System::GitHub, Event::Request)
    };
    assert_eq!(github("pull_request", &vars, &event), expected);
    assert_eq!(github("pull_request_target", &vars, &event), expected);
    // Without the event the target's name still leads to the same commits, and the merge on top.
    let blind = github("pull_request", &vars, "no JSON");
    assert_eq!((blind.base, blind.head), (None, text(MERGE)));
    assert_eq!(blind.target, text("main"));
}

#[test]
fn a_push_on_github_is_from_what_was_there_before() {
    let vars = [("GITHUB_REF", "refs/heads/hotfix/a/b"), ("GITHUB_SHA", NEW)];
    let pushed = |before: &str| github("push", &vars, &format!(r#"{{"before": "{before}"}}"#));
    let run = pushed(OLD);
    assert_eq!(run.event, Event::Push);
    assert_eq!(run.branch, text("hotfix/a/b"));
    assert_eq!((run.base, run.head), (text(OLD), text(NEW)));
    assert_eq!(pushed(ZERO).base, None, "a new branch");
}

#[test]
fn a_tag_is_a_tag_whatever_brought_it() {
    let vars = [("GITHUB_REF", "refs/tags/v2.3.2"), ("GITHUB_SHA", NEW)];
    for name in ["push", "release", "workflow_dispatch"] {
        let run = github(name, &vars, &format!(r#"{{"before": "{ZERO}"}}"#));
        assert_eq!((run.event, run.tag), (Event::Tag, text("v2.3.2")));
        assert_eq!((run.branch, run.head), (None, text(NEW)));
    }
    let vars = [("CI_COMMIT_TAG", "v1"), ("CI_COMMIT_SHA", NEW)];
    let run = gitlab(&vars);
    assert_eq!((run.event, run.tag), (Event::Tag, text("v1")));
    let vars = [
        ("BUILD_REASON", "IndividualCI"),
        ("BUILD_SOURCEBRANCH", "refs/tags/v1"),
    ];
    assert_eq!(azure(&vars).tag, text("v1"));
    let vars = [("TAG_NAME", "v1"), ("BRANCH_NAME", "v1")];
    let run = jenkins(&vars);
    assert_eq!((run.event, run.branch), (Event::Tag, None));
}

#[test]
fn a_merge_queue_has_a_target_and_no_source() {
    let event = format!(
        r#"{{"merge_group": {{"base_ref": "refs/heads/main", "base_sha": "{OLD}",
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-{OLD}", "head_sha": "{NEW}"}}}}"#
    );
    let vars = [("GITHUB_REF", "refs/heads/gh-readonly-queue/main/pr-7")];
    let run = github("merge_group", &vars, &event);
    assert_eq!(run.event, Event::Queue);
    assert_eq!((run.branch, run.target), (None, text("main")));
    assert_eq!((run.base, run.head), (text(OLD), text(NEW)));
}

#[test]
fn a_run_that_nobody_pushed_for_brings_nothing_in() {
    let vars = [("GITHUB_REF", "refs/heads/main"), ("GITHUB_SHA", NEW)];
    let run = github("schedule", &vars, "{}");
    assert_eq!((run.event, run.base), (Event::Other, None));
    let vars = [("CI_PIPELINE_SOURCE", "web"), ("CI_COMMIT_BRANCH", "main")];
    assert_eq!(gitlab(&vars).event, Event::Other);
    let vars = [
        ("BUILD_REASON", "Manual"),
        ("BUILD_SOURCEBRANCH", "refs/heads/main"),
    ];
    assert_eq!(azure(&vars).event, Event::Other);
}

#[test]
fn a_merge_request_on_gitlab_is_its_source_merged_or_not() {
    let detached = [
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "hotfix/login"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", OLD),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""),
        ("CI_COMMIT_BEFORE_SHA", ZERO),
        ("CI_COMMIT_SHA", NEW),
    ];
    let expected = Pipeline {
        branch: text("hotfix/login"),
        target: text("main"),
        base: text(OLD),
        head: text(NEW),
        default_branch: text("main"),
        ..Pipeline::new(System::GitLab, Event::Request)
    };
    assert_eq!(gitlab(&detached), expected);
    let mut merged = detached;
    merged[0].1 = "parent_pipeline";
    merged[4].1 = NEW;
    merged[6].1 = MERGE;
    assert_eq!(gitlab(&merged), expected);
}

#[test]
fn a_push_on_gitlab_is_from_what_was_there_before() {
    let pushed = |before| {
        gitlab(&[
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_COMMIT_BRANCH", "hotfix/login"),
            ("CI_COMMIT_BEFORE_SHA", before),
            ("CI_COMMIT_SHA", NEW),
        ])
    };
    assert_eq!(pushed(OLD).event, Event::Push);
    assert_eq!(pushed(OLD).base, text(OLD));
    assert_eq!(pushed(ZERO).base, None);
    assert_eq!(pushed(ZERO).default_branch, text("main"));
}

#[test]
fn a_pull_request_on_azure_has_a_target_with_or_without_its_folder() {
    for target in ["refs/heads/release/1.2", "release/1.2"] {
        let run = azure(&[
            ("BUILD_REASON", "PullRequest"),
            ("BUILD_SOURCEBRANCH", "refs/pull/17/merge"),
            ("BUILD_SOURCEVERSION", MERGE),
            ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/hotfix/login"),
            ("SYSTEM_PULLREQUEST_SOURCECOMMITID", NEW),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", target),
        ]);
        assert_eq!(run.event, Event::Request);
        assert_eq!(run.branch, text("hotfix/login"));
        assert_eq!(run.target, text("release/1.2"));
        assert_eq!((run.base, run.head), (None, text(NEW)));
    }
}

#[test]
fn a_change_on_jenkins_is_named_by_its_branch_and_judged_at_head() {
    let run = jenkins(&[
        ("CHANGE_ID", "24"),
        ("CHANGE_BRANCH", "hotfix/login"),
        ("CHANGE_TARGET", "main"),
        ("BRANCH_NAME", "PR-24"),
        ("GIT_COMMIT", MERGE),
    ]);
    assert_eq!(run.event, Event::Request);
    assert_eq!(run.branch, text("hotfix/login"));
    assert_eq!((run.target, run.head), (text("main"), None));
    let run = jenkins(&[
        ("BRANCH_NAME", "main"),
        ("GIT_COMMIT", NEW),
        ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", OLD),
    ]);
    assert_eq!(run.event, Event::Push);
    assert_eq!((run.base, run.head), (text(OLD), text(NEW)));
}

#[test]
fn the_repositorys_address_gives_no_password_away() {
    for (var, given, expected) in [
        (
            "CI_PROJECT_URL",
            "https://gitlab.example.com/a/b",
            text("https://gitlab.example.com/a/b"),
        ),
        (
            "CI_PROJECT_URL",
            "https://u:p@host/a@b",
            text("https://host/a@b"),
        ),
        ("CI_PROJECT_URL", "git@host:a/b.git", None),
        ("CI_PROJECT_URL", "https://u@", None),
        ("CI_PROJECT_URL", "https://a b/", None),
    ] {
        assert_eq!(gitlab(&[(var, given)]).repository, expected, "{given}");
    }
    let vars = [(
        "BUILD_REPOSITORY_URI",
        "https://org@dev.azure.com/org/p/_git/r",
    )];
    assert_eq!(
        azure(&vars).repository,
        text("https://dev.azure.com/org/p/_git/r")
    );
    let vars = [
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "shop/shop"),
    ];
    assert_eq!(
        github("push", &vars, "").repository,
        text("https://github.com/shop/shop")
    );
}

#[test]
fn only_github_has_an_event_file() {
    let var = |name: &str| match name {
        "GITHUB_ACTIONS" => Some("true"),
        "GITHUB_EVENT_PATH" => Some("/event.json"),
        _ => None,
    };
    assert_eq!(event_file(&var), Some("/event.json"));
    let var = |name: &str| (name != "GITHUB_ACTIONS").then_some("true");
    assert_eq!(event_file(&var), None);
}

#[test]
fn every_system_has_its_own_line_for_the_whole_history() {
    let lines = [
        (System::GitHub, "fetch-depth: 0"),
        (System::GitLab, "GIT_DEPTH: 0"),
        (System::Azure, "fetchDepth: 0"),
        (System::Jenkins, "shallow: false"),
    ];
    for (system, line) in lines {
        assert!(system.remedy().contains(line), "{system:?}");
        assert!(system.remedy().len() <= 80, "{system:?}");
    }
}

/// Every variable and field that is read, for whatever a system or a person may have put there.
const NAMES: [&str; 9] = [
    "GITHUB_SHA",
    "GITHUB_REF",
    "GITHUB_HEAD_REF",
    "CI_COMMIT_SHA",
    "CI_COMMIT_BRANCH",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "BUILD_SOURCEBRANCH",
    "GIT_COMMIT",
    "BRANCH_NAME",
];

fn anything() -> impl Strategy<Value = String> {
    let ids = proptest::sample::select(vec![OLD, ZERO, "refs/heads/", "refs/tags/", "main"]);
    proptest::prop_oneof![any::<String>(), ids.prop_map(str::to_owned)]
}

proptest! {
    #[test]
    fn an_id_is_hex_and_a_name_is_never_empty_or_a_ref(
        values in proptest::collection::vec(anything(), NAMES.len()),
        event in anything(),
        name in proptest::sample::select(vec!["push", "pull_request", "merge_group", "x"]),
        system in proptest::sample::select(
            vec!["GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL"]),
    ) {
        let event = format!(r#"{{"before": {event:?}, "merge_group": {{"base_ref": {event:?}}}}}"#);
        let mut vars: Vec<(&str, &str)> = NAMES.into_iter().zip(values.iter().map(String::as_str))
            .collect();
        vars.extend([(system, "true"), ("GITHUB_EVENT_NAME", name)]);
        let run = run(&vars, Some(&event)).unwrap();
        for id in [&run.base, &run.head].into_iter().flatten() {
            prop_assert_eq!(id.bytes().all(|b| b.is_ascii_hexdigit()), true);
            prop_assert_eq!(id.bytes().all(|b| b == b'0'), false);
        }
        for name in [&run.branch, &run.target, &run.tag].into_iter().flatten() {
            prop_assert_eq!(name.is_empty() || name.starts_with("refs/heads/"), false);
        }
    }
}
