//! `docs/json.md` names the fields that the commands really give.

use crate::support::{Ran, Sandbox};
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- fields: tests/it/json.rs -->\n";
const END: &str = "<!-- end of fields -->";

#[test]
fn the_documented_fields_are_those_that_come() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    let text = fs::read_to_string(&path).unwrap();
    let begin = text.find(BEGIN).unwrap() + BEGIN.len();
    let end = text.find(END).unwrap();
    let table = table();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, format!("{}{table}{}", &text[..begin], &text[end..])).unwrap();
        return;
    }
    assert_eq!(
        &text[begin..end],
        table,
        "renew it: UPDATE_EXPECT=1 cargo test json"
    );
}

fn table() -> String {
    let shop = Sandbox::shop();
    let mut rows = vec!["| command | fields |\n|---|---|\n".to_owned()];
    let mut row = |name: &str, ran: Ran| {
        let object = ran.json();
        let object = object.as_object().unwrap();
        assert_eq!(object["schema"], "git-hotfix/1");
        let common = ["schema", "command", "warnings"];
        let fields = object.keys().filter(|key| !common.contains(&key.as_str()));
        let fields: Vec<String> = fields.map(|key| format!("`{key}`")).collect();
        rows.push(format!("| `{name}` | {} |\n", fields.join(" ")));
    };
    let run = |arguments: &[&str]| shop.hotfix(&[arguments, &["--json"]].concat());
    row("start", run(&["start", "Login is down", "-s", "P0"]));
    row("status", run(&["status"]));
    shop.git(&["branch", "hotfix/cart", "v2.3.1"]).ok();
    row("adopt", run(&["adopt", "cart", "-n"]));
    row("list", run(&["list"]));
    row("show", run(&["show"]));
    row("task", run(&["task"]));
    row("note", run(&["note", "429s"]));
    row("announce", run(&["announce", "--preview"]));
    row("severity", run(&["severity", "P1"]));
    row("impact", run(&["impact", "12 users"]));
    row("mitigate", run(&["mitigate", "rollback", "v2.3.0"]));
    row("changes", run(&["changes"]));
    row("revert", run(&["revert", "v2.3.1", "-n"]));
    row("cause", run(&["cause", "old tokens"]));
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    row("commit", run(&["commit", "-m", "accept old tokens", "-a"]));
    row("check", run(&["check", "locally"]));
    row("gate", run(&["gate"]));
    row("verify", run(&["verify", "origin/main..HEAD"]));
    row("publish", run(&["publish"]));
    shop.pass_the_gate();
    shop.git(&["branch", "release/2.3", "v2.3.0"]).ok();
    row("lines", run(&["lines"]));
    row(
        "finish --pull-request",
        run(&["finish", "--pull-request", "-n"]),
    );
    row("finish", run(&["finish", "--tag"]));
    row("deployed", run(&["deployed"]));
    row("resolve", run(&["resolve"]));
    row("reopen", run(&["reopen", "again"]));
    row("abandon", run(&["abandon", "elsewhere"]));
    row(
        "edit",
        shop.hotfix_with(&[("GIT_EDITOR", "true")], &["edit", "--json"]),
    );
    row("postmortem check", run(&["postmortem", "check"]));
    row("init", run(&["init"]));
    row("hooks status", run(&["hooks", "status"]));
    row("config", run(&["config"]));
    row("config --ruleset", run(&["config", "--ruleset"]));
    row("doctor", run(&["doctor"]));
    row("install-extras", run(&["install-extras", "-n"]));
    row("completions", run(&["completions", "bash"]));
    row("an error", run(&["start", ""]));
    rows.concat()
}
