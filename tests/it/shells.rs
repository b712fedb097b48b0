//! bash, zsh, fish and elvish complete for real: the shell with its own completion for git, on a
//! terminal, with what `install-extras` has put in place.
#![cfg(target_os = "linux")]

mod installing;
mod manual;
mod terminal;

use super::support::{Sandbox, is_there};
use terminal::Terminal;

const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// The name of the incident that `Sandbox::incident` starts.
const ID: &str = "2026-11-22-login-is-down";

/// The incident, the extras, and a shell's own settings; nothing where the shell is not there.
fn shop(shell: &str) -> Option<Sandbox> {
    if !is_there(shell) || !is_there("script") {
        return None;
    }
    let shop = Sandbox::incident();
    shop.hotfix(&["install-extras", "--shell", shell]).ok();
    shop.write("home/.bashrc", BASH);
    shop.write("home/.zshrc", ZSH);
    shop.write("home/.config/fish/config.fish", FISH);
    Some(shop)
}

/// C-x C-d prints the line as it stands; nothing else of the settings is ours.
const BASH: &str = "\
. /usr/share/bash-completion/bash_completion
PS1='READY> '
bind 'set enable-bracketed-paste off'
bind -x '\"\\C-x\\C-d\": printf \"\\nLINE<%s>\\n\" \"$READLINE_LINE\"'
";

/// The line for fpath is the one that `install-extras` prints.
const ZSH: &str = "\
fpath=($HOME/.local/share/zsh/site-functions $fpath)
autoload -Uz compinit && compinit -u -D
PS1='READY> '
unset zle_bracketed_paste
dump() { print -r -- $'\\n'\"LINE<$BUFFER>\" }
zle -N dump
bindkey -e
bindkey '^X^D' dump
";

const FISH: &str = "\
function fish_greeting; end
function fish_prompt; echo -n 'READY> '; end
function fish_right_prompt; end
bind \\cx\\cd 'echo; echo \"LINE<\"(commandline -b)\">\"'
";

/// What becomes of a line at TAB.
fn completed(shop: &Sandbox, shell: &str, folder: &str, typed: &str) -> String {
    Terminal::open(shop, shell, folder).completed(typed)
}

#[test]
fn a_command_is_completed_behind_git_and_alone() {
    for shell in SHELLS {
        let Some(shop) = shop(shell) else { continue };
        let mut terminal = Terminal::open(&shop, shell, "shop");
        let line = terminal.completed("git hotfix che");
        assert_eq!(line, "git hotfix check ", "{shell}");
        assert_eq!(
            terminal.completed("git-hotfix che"),
            "git-hotfix check ",
            "{shell}"
        );
        let line = terminal.completed("git hotfix finish --sty");
        assert_eq!(line, "git hotfix finish --style ", "{shell}");
        let line = terminal.completed("git hotfix start -s P0 --in-p");
        assert_eq!(line, "git hotfix start -s P0 --in-place ", "{shell}");
        // 'check' and 'changes': both are shown, with their words where the shell shows any.
        let said = terminal.shown("git hotfix ch");
        assert!(
            said.contains("check") && said.contains("changes"),
            "{shell}: {said}"
        );
        assert!(
            shell == "bash" || said.contains("Tick an item"),
            "{shell}: {said}"
        );
    }
}

#[test]
fn an_incident_is_completed_by_any_part_of_its_id() {
    for shell in SHELLS {
        let Some(shop) = shop(shell) else { continue };
        let mut terminal = Terminal::open(&shop, shell, "shop");
        for typed in ["2026-", "login"] {
            let line = terminal.completed(&format!("git hotfix show -i {typed}"));
            assert_eq!(line, format!("git hotfix show -i {ID} "), "{shell}");
        }
        let line = terminal.completed("git hotfix show --incident=2026-");
        assert_eq!(
            line.trim_end(),
            format!("git hotfix show --incident={ID}"),
            "{shell}"
        );
        shop.hotfix(&["start", "Login is slow", "-s", "P2", "--worktree"])
            .ok();
        let said = terminal.shown("git hotfix show -i 2026-11-22-login-is-");
        assert!(said.contains(ID), "{shell}: {said}");
        let title = said.contains("Login is slow");
        assert_eq!(title, shell != "bash", "{shell}: {said}");
    }
}

#[test]
fn revisions_branches_and_severities_are_completed_where_they_are_asked_for() {
    for shell in SHELLS {
        let Some(shop) = shop(shell) else { continue };
        let mut terminal = Terminal::open(&shop, shell, "shop");
        for (typed, becomes) in [
            (
                "git hotfix changes v2.3.0..v2.3",
                "git hotfix changes v2.3.0..v2.3.",
            ),
            (
                "git hotfix changes v2.3.0..mai",
                "git hotfix changes v2.3.0..main",
            ),
            (
                "git hotfix adopt hotfix/",
                "git hotfix adopt hotfix/login-is-down",
            ),
            ("git hotfix severity P", "git hotfix severity P"),
            (
                "git hotfix finish --style=sq",
                "git hotfix finish --style=squash",
            ),
        ] {
            assert_eq!(terminal.completed(typed).trim_end(), becomes, "{shell}");
        }
    }
}

#[test]
fn the_repository_that_git_is_told_of_is_asked() {
    for shell in SHELLS {
        let Some(shop) = shop(shell) else { continue };
        let line = completed(&shop, shell, "", "git -C shop hotfix show -i login");
        assert_eq!(line, format!("git -C shop hotfix show -i {ID} "), "{shell}");
        // Outside of any there are commands and options, and not a word on the screen.
        let mut terminal = Terminal::open(&shop, shell, "");
        assert_eq!(
            terminal.completed("git hotfix che"),
            "git hotfix check ",
            "{shell}"
        );
        let line = terminal.completed("git hotfix show -i log");
        assert_eq!(line.trim_end(), "git hotfix show -i log", "{shell}");
        assert!(
            !terminal.shown("git hotfix show -i log").contains("hotfix:"),
            "{shell}"
        );
    }
}

/// Words that a shell would run or end a line at.
const HOSTILE: &str = "$(touch pwned) `touch pwned` \"q\" 'q' \\ ! ; & > pwned # * ~ é";

#[test]
fn what_stands_in_a_record_or_a_branch_is_quoted_and_not_run() {
    for shell in SHELLS {
        let Some(shop) = shop(shell) else { continue };
        let record = format!("shop/.claude/postmortems/{ID}.md");
        let text = shop.read(&record);
        let text = text.replace("Rollback plan ready", HOSTILE);
        let text = text.replace("Monitoring in place", "a\u{1b}]0;evil\u{7}\u{1b}[2Jb");
        shop.write(&record, text);
        shop.hotfix(&["status"]).ok();
        shop.git(&["branch", "x$(touch${IFS}pwned)`touch${IFS}pwned`'"])
            .ok();
        let mut terminal = Terminal::open(&shop, shell, "shop");
        terminal.run("git hotfix check touch\t");
        let checked = shop.hotfix(&["check", "--json"]).ok().json();
        let item = &checked["checklist"][3];
        assert_eq!(item["state"], "done", "{shell}: {}", terminal.said());
        terminal.run("git hotfix changes v2.3.0..x\t");
        let said = terminal.said();
        assert!(
            said.contains("0 commits") || said.contains("1 commit"),
            "{shell}: {said}"
        );
        let listed = terminal.shown("git hotfix check ");
        assert!(
            !listed.contains("\u{1b}]0;") && !listed.contains("\u{1b}[2Jb"),
            "{shell}"
        );
        assert!(!shop.path("shop/pwned").exists(), "{shell}");
        assert!(!terminal.said().contains("\u{1b}]0;evil"), "{shell}");
    }
}

#[test]
fn a_quote_that_is_open_is_gone_on_with() {
    for shell in SHELLS {
        let Some(shop) = shop(shell) else { continue };
        let mut terminal = Terminal::open(&shop, shell, "shop");
        for typed in ["Rollb", "'Rollb", "\"Rollb", "Rollback\\ pl"] {
            terminal.run(&format!("git hotfix check {typed}\t"));
            let checked = shop.hotfix(&["check", "--json"]).ok().json();
            let state = &checked["checklist"][3]["state"];
            assert_eq!(state, "done", "{shell} {typed}: {}", terminal.said());
            shop.hotfix(&["check", "rollback", "--undo"]).ok();
        }
    }
}

#[test]
fn elvish_completes_by_the_line_in_its_settings() {
    if !is_there("elvish") || !is_there("script") {
        return;
    }
    let shop = Sandbox::incident();
    let said = shop.hotfix(&["install-extras", "--shell", "elvish", "--json"]);
    let said = said.ok().json();
    assert_eq!(said["lines"][0]["for"], "elvish");
    let line = said["lines"][0]["line"].as_str().unwrap();
    let dump = "{ print LINE'<'$edit:current-command'>' >~/line }";
    let settings = format!(
        "{line}\nset edit:prompt = {{ print 'READY> ' }}\nset edit:rprompt = {{ }}\n\
         set edit:insert:binding[Ctrl-X] = {dump}\n"
    );
    shop.write("home/.config/elvish/rc.elv", settings);
    for (typed, becomes) in [
        ("git hotfix che", "git hotfix check ".to_owned()),
        (
            "git-hotfix show -i 2026",
            format!("git-hotfix show -i {ID} "),
        ),
    ] {
        let mut terminal = Terminal::open(&shop, "elvish", "shop");
        terminal.press(&format!("{typed}\t"));
        // It reads the answer beside the keys: pressed again until the line is there.
        let becomes = format!("LINE<{becomes}>");
        let arrived = (0..100).any(|_| {
            terminal.press("\u{18}");
            std::thread::sleep(std::time::Duration::from_millis(100));
            shop.path("home/line").exists() && shop.read("home/line") == becomes
        });
        assert!(arrived, "{becomes}: {:?}", shop.read("home/line"));
    }
}

#[test]
fn an_open_incident_is_offered_before_those_that_are_over() {
    let shop = Sandbox::incident();
    shop.hotfix(&["resolve", "mended"]).ok();
    let start = ["start", "Login is slow", "-s", "P2", "--worktree"];
    shop.hotfix(&start).ok();
    let open = "2026-11-22-login-is-slow";
    let offered = |words: &[&str]| {
        let index = (words.len() - 1).to_string();
        let call = [&["complete", "fish", &index, "--"], words].concat();
        let said = shop.hotfix(&call).ok().stdout;
        let ids = said.lines().filter_map(|line| line.split('\t').next());
        ids.map(str::to_owned).collect::<Vec<String>>()
    };
    for command in ["check", "note", "mitigate", "finish", "resolve", "gate"] {
        for typed in ["", "2026-11-22-login", "login"] {
            assert_eq!(
                offered(&[command, "-i", typed]),
                [open],
                "{command} {typed}"
            );
        }
        // Where no open one fits, what is over can be typed as well.
        assert_eq!(offered(&[command, "-i", "down"]), [ID], "{command}");
    }
    for words in [
        &["show", "-i", ""][..],
        &["reopen", "-i", ""],
        &["postmortem", "check", "-i", ""],
        &["-i", ""],
    ] {
        assert_eq!(offered(words), [open, ID], "{words:?}");
    }
    shop.hotfix(&["resolve", "mended", "-i", "slow"]).ok();
    assert_eq!(offered(&["note", "-i", ""]), [open, ID]);
}

#[test]
fn nothing_is_written_and_nothing_said_while_completing() {
    let shop = Sandbox::incident();
    let before = shop.refs("shop");
    let _ = std::fs::remove_file(shop.path("shop/.git/hotfix/open"));
    shop.write("shop/.hotfix.toml", "gate = \"nonsense\"\nunknown = 1\n");
    let complete = |words: &[&str]| {
        let index = (words.len() - 1).to_string();
        let call = [&["complete", "fish", &index, "--"], words].concat();
        let ran = shop.hotfix(&call).ok();
        assert_eq!(ran.stderr, "", "{words:?}");
        ran.stdout
    };
    assert!(complete(&["check", ""]).contains("Rollback plan ready"));
    assert!(complete(&["show", "-i", ""]).contains(ID));
    assert!(complete(&["revert", ""]).contains("faster login"));
    assert_eq!(complete(&["no", "such", "--command="]), "");
    assert!(!shop.path("shop/.git/hotfix/open").exists());
    assert_eq!(shop.refs("shop"), before);
    shop.write("shop/.git/config", "[broken");
    assert_eq!(complete(&["check", ""]), "");
}
