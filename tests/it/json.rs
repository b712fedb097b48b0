//! `docs/json.md` names the fields that the commands really give.

use crate::support::{Ran, Sandbox, schemas};
use std::fs;
use std::path::Path;

#[test]
fn the_documented_fields_and_codes_are_those_that_come() {
    stands_in_the_document("fields", &table());
    stands_in_the_document("codes", &codes());
}

/// Between the marks of that name; renewed with UPDATE_EXPECT=1.
fn stands_in_the_document(name: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    let text = fs::read_to_string(&path).unwrap();
    let mark = format!("<!-- {name}: tests/it/json.rs -->\n");
    let begin = text.find(&mark).unwrap() + mark.len();
    let end = text.find(&format!("<!-- end of {name} -->")).unwrap();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, format!("{}{table}{}", &text[..begin], &text[end..])).unwrap();
        return;
    }
    assert_eq!(
        &text[begin..end],
        table,
        "{name}: renew with UPDATE_EXPECT=1 cargo test json"
    );
}

fn codes() -> String {
    let schema = schemas::printed("error");
    let codes = schema["$defs"]["Code"]["oneOf"].as_array().unwrap();
    let row = |code: &serde_json::Value| {
        let (word, about) = (code["const"].as_str(), code["description"].as_str());
        format!(
            "| `{}` | {} |\n",
            word.unwrap(),
            about.unwrap().replace('\n', " ")
        )
    };
    let rows: Vec<String> = codes.iter().map(row).collect();
    format!("| `code` | |\n|---|---|\n{}", rows.concat())
}

/// Every command once; what it prints is held to its schema on the way.
fn table() -> String {
    let shop = Sandbox::shop();
    let mut rows = vec!["| command | fields |\n|---|---|\n".to_owned()];
    let mut names = Vec::new();
    let mut row = |name: &str, ran: Ran| {
        let is_error = ran.stdout.contains("\n  \"error\": ");
        assert_eq!(is_error, name == "an error", "{name}: {}", ran.stdout);
        names.push(name.to_owned());
        let object = ran.json();
        let object = object.as_object().unwrap();
        assert_eq!(object["schema"], "git-hotfix/1");
        let common = ["schema", "command", "warnings"];
        let fields = object.keys().filter(|key| !common.contains(&key.as_str()));
        let fields: Vec<String> = fields.map(|key| format!("`{key}`")).collect();
        rows.push(format!("| `{name}` | {} |\n", fields.join(" ")));
    };
    let run = |arguments: &[&str]| shop.hotfix(&[arguments, &["--json"]].concat());
    row("hotfix", run(&[]));
    row("start", run(&["start", "Login is down", "-s", "P0"]));
    row("status", run(&["status"]));
    shop.git(&["branch", "hotfix/cart", "v2.3.1"]).ok();
    row("adopt", run(&["adopt", "cart", "-n"]));
    row("list", run(&["list"]));
    row("show", run(&["show"]));
    row("note", run(&["note", "429s"]));
    row("task link", run(&["task", "link", "OPS-7"]));
    row("task unlink", run(&["task", "unlink"]));
    let line = "cat >/dev/null; echo '{\"id\": \"OPS-8\"}'";
    shop.git(&["config", "hotfix.tracker", "command"]).ok();
    shop.git(&["config", "hotfix.tracker.command", line]).ok();
    row("task retry", run(&["task", "retry"]));
    shop.git(&["config", "--unset", "hotfix.tracker"]).ok();
    row("task", run(&["task"]));
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
    crate::aftermath::complete(&shop);
    row(
        "postmortem finalize",
        run(&["postmortem", "finalize", "-n"]),
    );
    row("init", run(&["init"]));
    row("hooks install", run(&["hooks", "install"]));
    row("hooks status", run(&["hooks", "status"]));
    row("hooks uninstall", run(&["hooks", "uninstall"]));
    row("config", run(&["config"]));
    row("config --ruleset", run(&["config", "--ruleset"]));
    row("doctor", run(&["doctor"]));
    row("install-extras", run(&["install-extras", "-n"]));
    row("completions", run(&["completions", "bash"]));
    row("agent install", run(&["agent", "install", "claude"]));
    row("agent status", run(&["agent", "status"]));
    row("agent remove", run(&["agent", "remove", "claude"]));
    row("schema", run(&["schema"]));
    row("tour", run(&["tour"]));
    row("an error", run(&["start", ""]));
    for command in leaves(&git_hotfix::cli::tree(), "") {
        assert!(names.contains(&command), "no row for {command}");
    }
    rows.concat()
}

/// The commands that can be typed, hidden ones left out.
fn leaves(command: &clap::Command, above: &str) -> Vec<String> {
    let below: Vec<&clap::Command> = command
        .get_subcommands()
        .filter(|c| !c.is_hide_set())
        .collect();
    if below.is_empty() {
        return vec![above.trim().to_owned()];
    }
    let names =
        |command: &clap::Command| leaves(command, &format!("{above} {}", command.get_name()));
    below.into_iter().flat_map(names).collect()
}

#[test]
fn each_trouble_has_its_word() {
    let shop = Sandbox::shop();
    let code = |folder: &str, arguments: &[&str]| {
        let object = shop
            .hotfix_in(folder, &[arguments, &["--json"]].concat())
            .json();
        object["error"]["code"].as_str().unwrap_or("-").to_owned()
    };
    assert_eq!(code("shop", &["start"]), "usage");
    assert_eq!(code("shop", &["nonsense"]), "usage");
    assert_eq!(code("home", &["status"]), "not-in-repository");
    assert_eq!(code("origin.git", &["start", "x"]), "bare-repository");
    assert_eq!(code("shop", &["status"]), "no-incident");
    assert_eq!(code("shop", &["commit", "-m", "x"]), "not-a-hotfix-branch");
    assert_eq!(
        code("shop", &["start", "x", "--from", "v9"]),
        "no-such-revision"
    );
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    assert_eq!(code("shop", &["note", "x", "--at", "never"]), "time");
    assert_eq!(code("shop", &["note", "x", "-i", "cart"]), "no-incident");
    assert_eq!(code("shop", &["deployed", "--at", "-9d"]), "time");
    assert_eq!(code("shop", &["commit", "-m", ""]), "message-format");
    assert_eq!(code("shop", &["postmortem", "check", "gone.md"]), "file");
    assert_eq!(
        code("shop", &["finish", "--override", "now"]),
        "nothing-to-do"
    );
    assert_eq!(
        code("shop", &["postmortem", "finalize"]),
        "postmortem-incomplete"
    );
    assert_eq!(code("shop", &["reopen", "again"]), "incident-state");
    assert_eq!(code("shop", &["edit"]), "no-terminal");
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    assert_eq!(code("shop", &["finish"]), "gate");
    shop.pass_the_gate();
    shop.git(&["tag", "v2.3.2", "v2.3.0"]).ok();
    assert_eq!(code("shop", &["finish", "--tag", "v2.3.2"]), "tag-exists");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/auth.rs", "fn login() { other() }\n", "feat: other");
    shop.git(&["switch", "-q", "-"]).ok();
    assert_eq!(code("shop", &["finish"]), "conflict");
    shop.git(&["remote", "set-url", "origin", "../gone.git"])
        .ok();
    assert_eq!(code("shop", &["finish", "--push"]), "remote-unreachable");
    shop.write("shop/.hotfix.toml", "tracker-command = 1\n");
    assert_eq!(code("shop", &["gate"]), "setting");
}

#[test]
fn a_wrong_command_line_is_an_object_that_names_the_help() {
    let shop = Sandbox::shop();
    let wrong = shop
        .hotfix(&["note", "--json", "--nonsense"])
        .fails(2)
        .json();
    assert_eq!(wrong["command"], "note");
    assert_eq!(
        wrong["error"]["next"],
        serde_json::json!(["git hotfix note --help"])
    );
    let wrong = shop.hotfix(&["--json", "nonsense"]).fails(2).json();
    assert_eq!(wrong["command"], "hotfix");
    // Behind `--` it is a word like any other.
    let words = shop.hotfix(&["nonsense", "--", "--json"]).fails(2);
    assert_eq!(words.stdout, "");
}

#[test]
fn a_schema_is_printed_by_itself_or_in_an_object() {
    let shop = Sandbox::shop();
    let list = shop.hotfix_in("home", &["schema", "--json"]).ok().json();
    assert_eq!(list["version"], "git-hotfix/1");
    let printed = shop.hotfix(&["schema", "status"]).ok().foreign_json();
    assert_eq!(printed["$id"], "urn:git-hotfix:1:status");
    let one = shop.hotfix(&["schema", "status", "--json"]).ok().json();
    assert_eq!(one["schemas"][0]["document"], printed);
    let none = shop
        .hotfix(&["schema", "nonsense", "--json"])
        .fails(2)
        .json();
    assert_eq!(none["error"]["next"][0], "git hotfix schema");
}

#[test]
fn what_every_object_has_holds_of_answers_and_errors() {
    let shop = Sandbox::shop();
    let common = jsonschema::draft202012::new(&schemas::printed("common")).unwrap();
    for arguments in [
        &["list", "--json"][..],
        &["status", "--json"],
        &["nonsense", "--json"],
    ] {
        let object = shop.hotfix(arguments).json();
        assert!(common.is_valid(&object), "{object:#}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let shop = Sandbox::shop();
    shop.shell_in("shop", &[], "git-hotfix list --json >/dev/full")
        .fails(3)
        .says("the answer could not be written: No space left on device");
    // A reader that has seen enough is none.
    let lines = "{ git-hotfix config --json; echo $? >../code; } | head -c 1; cat ../code";
    assert_eq!(shop.shell_in("shop", &[], lines).ok().stdout, "{0\n");
}
