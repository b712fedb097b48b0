//! Issues by `gh` and `glab`: stand-ins that answer as gh 2.40 and glab 1.36 do without a terminal.

use super::{delivered, hotfix, start, task_line};
use crate::support::Sandbox;

/// A shop at this address with a stand-in that keeps one issue.
fn at(address: &str, program: &str, answers: &str) -> Sandbox {
    let shop = Sandbox::shop();
    shop.git(&["remote", "set-url", "origin", address]).ok();
    let place = shop.path(program);
    let place = place.display();
    let script = format!(
        r#"#!/bin/sh
printf '%s\n' "$*" >> '{place}.asked'
here='{place}'
{answers}
"#
    );
    shop.executable(&format!("bin/{program}"), &script);
    shop
}

const GH: &str = r#"case "$1 $2" in
"issue create") cat > "$here.body"; echo OPEN > "$here.state"; [ ! -e "$here.silent" ] || exit 1
    echo https://github.com/shop/api/issues/12 ;;
"issue list") printf '[{"number":12,"url":"https://github.com/shop/api/issues/12","body":"%s"}]' \
    "$(sed 's/$/\\n/' "$here.body" | tr -d '\n')" ;;
"issue view") echo "{\"comments\":[{\"body\":\"$(cat "$here.said" 2>/dev/null)\"}],\"state\":\"$(cat "$here.state")\"}" ;;
"issue comment") cat > "$here.said" ;;
"issue close") echo CLOSED > "$here.state" ;;
"issue reopen") echo OPEN > "$here.state" ;;
esac"#;

const GLAB: &str = r#"case "$1 $2" in
"issue create") echo opened > "$here.state"
    printf 'Creating issue in shop/api\n#7 HOTFIX\nhttps://gitlab.example.com/shop/api/-/issues/7\n' ;;
"issue view") echo "{\"iid\":7,\"state\":\"$(cat "$here.state")\"}" ;;
"issue close") echo closed > "$here.state" ;;
"issue reopen") echo opened > "$here.state" ;;
esac"#;

fn asked(shop: &Sandbox, program: &str) -> String {
    std::fs::read_to_string(shop.path(&format!("{program}.asked"))).unwrap_or_default()
}

#[test]
fn an_issue_on_github() {
    let shop = at("git@github.com:shop/api.git", "gh", GH);
    shop.git(&["config", "hotfix.tracker", "github"]).ok();
    hotfix(&shop, &["start", "Login is down", "--offline", "-s", "P0"]).ok();
    delivered(&shop);
    assert_eq!(
        task_line(&shop),
        "**Task**: 12 (github) https://github.com/shop/api/issues/12"
    );
    assert!(
        shop.read("gh.body")
            .starts_with("Incident: 2026-11-22-login-is-down\nSeverity: P0\n")
    );
    let said = asked(&shop, "gh");
    assert!(
        said.starts_with(
            "issue create --repo github.com/shop/api --title HOTFIX: Login is down --body-file -\n"
        ),
        "{said}"
    );
    assert!(
        said.contains("issue edit --repo github.com/shop/api 12 --add-assignee @me\n"),
        "{said}"
    );
    hotfix(&shop, &["resolve", "mended"]).ok();
    delivered(&shop);
    let said = asked(&shop, "gh");
    assert!(
        said.contains("issue close --repo github.com/shop/api 12 --reason completed\n"),
        "{said}"
    );
    assert!(
        shop.read("gh.said")
            .starts_with("Mitigated: no. Fixed: mended.")
    );
    hotfix(&shop, &["task", "retry"]).ok();
    assert_eq!(
        asked(&shop, "gh").matches("issue comment").count(),
        1,
        "one comment is enough"
    );
    hotfix(&shop, &["reopen", "again"]).ok();
    delivered(&shop);
    hotfix(&shop, &["abandon", "none after all"]).ok();
    delivered(&shop);
    let said = asked(&shop, "gh");
    assert!(said.contains("issue reopen"), "{said}");
    assert!(said.contains("--reason not planned\n"), "{said}");
    assert_eq!(shop.read("gh.said"), "Abandoned: none after all");
}

#[test]
fn an_issue_on_github_that_nobody_heard_of_is_found() {
    let shop = at("git@github.com:shop/api.git", "gh", GH);
    shop.git(&["config", "hotfix.tracker", "github"]).ok();
    shop.git(&["config", "hotfix.tracker.project", "ops/incidents"])
        .ok();
    shop.write("gh.silent", "");
    hotfix(&shop, &["start", "Login is down", "--offline"]).ok();
    super::until("it was tried", || {
        asked(&shop, "gh").contains("issue create")
    });
    hotfix(&shop, &["task", "retry"]).ok();
    assert_eq!(asked(&shop, "gh").matches("issue create").count(), 1);
    assert!(task_line(&shop).starts_with("**Task**: 12 (github)"));
    assert!(asked(&shop, "gh").contains("--repo ops/incidents"));
}

#[test]
fn an_issue_that_a_merge_has_closed_gets_its_notes() {
    let shop = at("git@github.com:shop/api.git", "gh", GH);
    shop.git(&["config", "hotfix.tracker", "github"]).ok();
    hotfix(&shop, &["start", "Login is down", "--offline"]).ok();
    delivered(&shop);
    shop.write("gh.state", "CLOSED");
    hotfix(&shop, &["resolve", "mended"]).ok();
    delivered(&shop);
    assert!(shop.read("gh.said").contains("Fixed: mended."));
    assert!(!asked(&shop, "gh").contains("issue close"));
}

#[test]
fn an_issue_on_gitlab() {
    let shop = at("git@gitlab.example.com:shop/api.git", "glab", GLAB);
    shop.git(&["config", "hotfix.tracker", "gitlab"]).ok();
    hotfix(&shop, &["start", "Login is down", "--offline"]).ok();
    delivered(&shop);
    assert_eq!(
        task_line(&shop),
        "**Task**: 7 (gitlab) https://gitlab.example.com/shop/api/-/issues/7"
    );
    hotfix(&shop, &["resolve", "mended"]).ok();
    delivered(&shop);
    let said = asked(&shop, "glab");
    assert!(said.contains("issue note --repo https://gitlab.example.com/shop/api 7 --message Mitigated: no. Fixed: mended."), "{said}");
    assert!(
        said.ends_with("issue close --repo https://gitlab.example.com/shop/api 7\n"),
        "{said}"
    );
}

#[test]
fn a_remote_that_is_no_forge_is_said() {
    let shop = Sandbox::shop();
    shop.executable("bin/gh", "#!/bin/sh\n");
    shop.git(&["config", "hotfix.tracker", "github"]).ok();
    start(&shop);
    hotfix(&shop, &["task", "retry"])
        .fails(3)
        .says("git config hotfix.tracker.project <owner>/<name>");
}
