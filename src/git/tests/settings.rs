use super::*;
use crate::git::ConfigScope::{Command as OfCommand, Local, Worktree};
use crate::git::config::parse_list;

#[test]
fn values_have_their_scope_and_every_one_of_a_key_is_kept() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        sandbox.git(&["config", "--add", "hotfix.line", "1"]);
        sandbox.git(&["config", "--add", "hotfix.line", "2"]);
        sandbox.git(&["config", "extensions.worktreeConfig", "true"]);
        sandbox.git(&["config", "--worktree", "hotfix.line", "3"]);
        let config = sandbox.top.join(".git/config");
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(
            &config,
            text + "[gitflow \"Branch.X\"]\n\tFlag\n\tEmpty =\n",
        )
        .unwrap();
        let repo = sandbox.open();
        let entries = repo.config_entries().unwrap();
        let lines: Vec<_> = entries
            .iter()
            .filter(|entry| entry.name == "hotfix.line")
            .map(|entry| (entry.value.as_str(), entry.scope))
            .collect();
        assert_eq!(
            lines,
            [("1", Local), ("2", Local), ("3", Worktree)],
            "{kind:?}"
        );
        let flags: Vec<_> = entries
            .iter()
            .filter(|entry| entry.name.starts_with("gitflow."))
            .map(|entry| (entry.name.as_str(), entry.value.as_str()))
            .collect();
        assert_eq!(
            flags,
            [
                ("gitflow.Branch.X.flag", "true"),
                ("gitflow.Branch.X.empty", "")
            ]
        );
        let value = |name| repo.config_value(name).unwrap();
        assert_eq!(value("hotfix.line").as_deref(), Some("3"));
        assert_eq!(value("GitFlow.Branch.X.FLAG").as_deref(), Some("true"));
        assert_eq!(value("hotfix.none"), None);
        assert_eq!(value("no key at all"), None);
    }
}

#[test]
fn a_value_is_set_and_removed_in_the_repositorys_own_file() {
    let sandbox = Sandbox::new(PLAIN);
    let repo = sandbox.open();
    repo.set_config("hotfix.gate", "a \"b\" # c").unwrap();
    assert_eq!(
        sandbox.git(&["config", "--local", "hotfix.gate"]),
        "a \"b\" # c"
    );
    assert_eq!(
        repo.config_value("hotfix.gate").unwrap().as_deref(),
        Some("a \"b\" # c")
    );
    repo.unset_config("hotfix.gate").unwrap();
    repo.unset_config("hotfix.gate").unwrap();
    assert_eq!(repo.config_value("hotfix.gate").unwrap(), None);
    sandbox.git(&["remote", "add", "origin", "x"]);
    sandbox.git(&["remote", "add", "my.fork", "y"]);
    let repo = sandbox.open();
    assert_eq!(repo.remotes().unwrap(), ["my.fork", "origin"]);
}

#[test]
fn a_setting_of_the_command_line_is_seen_and_wins() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.git(&["config", "hotfix.gate", "block"]);
    let printed = sandbox.git(&[
        "-c",
        "hotfix.gate=off\nx",
        "-c",
        "a.flag",
        "config",
        "--list",
        "--show-scope",
        "-z",
    ]);
    let entries = parse_list(printed.as_bytes());
    let gate: Vec<_> = entries
        .iter()
        .filter(|entry| entry.name == "hotfix.gate")
        .map(|entry| (entry.value.as_str(), entry.scope))
        .collect();
    assert_eq!(gate, [("block", Local), ("off\nx", OfCommand)]);
    let last = entries.last().unwrap();
    assert_eq!(
        (last.name.as_str(), last.value.as_str()),
        ("a.flag", "true")
    );
}

/// Runs this very test again as a child that was started with `git -c`: what one process reads of
/// its environment cannot be tried within it.
#[test]
fn a_process_started_with_settings_answers_with_them() {
    const CHILD: &str = "HOTFIX_TEST_REPOSITORY";
    if let Some(top) = std::env::var_os(CHILD) {
        let repo = Repo::discover(Path::new(&top)).unwrap();
        assert_eq!(
            repo.config_value("Hotfix.Gate").unwrap().as_deref(),
            Some("off")
        );
        assert_eq!(repo.config_value("hotfix.x").unwrap().as_deref(), Some("y"));
        repo.set_config("hotfix.x", "z").unwrap();
        assert_eq!(repo.ident().name, "Grace");
        assert_eq!(repo.ident().email, "ada@example.org");
        return;
    }
    let sandbox = Sandbox::new(PLAIN);
    sandbox.git(&["config", "hotfix.gate", "block"]);
    let name = "git::tests::settings::a_process_started_with_settings_answers_with_them";
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(CHILD, &sandbox.top)
        .env("GIT_CONFIG_COUNT", "2")
        .env("GIT_CONFIG_KEY_0", "hotfix.gate")
        .env("GIT_CONFIG_VALUE_0", "off")
        .env("GIT_CONFIG_KEY_1", "hotfix.x")
        .env("GIT_CONFIG_VALUE_1", "y")
        .env("GIT_COMMITTER_NAME", "Grace")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(sandbox.git(&["config", "--local", "hotfix.x"]), "z");
}

#[test]
fn a_condition_libgit2_does_not_know_is_asked_from_git() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.git(&["remote", "add", "origin", "https://example.org/a"]);
    let more = sandbox.path("more");
    std::fs::write(&more, "[hotfix]\n\tgate = warn\n").unwrap();
    let key = "includeIf.hasconfig:remote.*.url:https://example.org/**.path";
    sandbox.git(&["config", key, more.to_str().unwrap()]);
    let repo = sandbox.open();
    assert_eq!(
        repo.config_value("hotfix.gate").unwrap().as_deref(),
        Some("warn")
    );
}
