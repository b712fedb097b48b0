//! `lines`: for every maintained line, whether it has the fix and what landing it there would give.

use super::support::Sandbox;
use expect_test::expect;

/// An incident with a fix of one commit on top of production, and lines of every kind:
///
/// - `release/2.4` begins at the same release, and merges;
/// - `release/2.3` begins a release earlier: a merge would bring a commit of production;
/// - `stable/2.2` is as old, and has changed the very line;
/// - `stable/picked` is as old, and somebody picked the fix;
/// - `maint/clash` begins at the same release, and has changed the very line.
fn shop() -> Sandbox {
    let shop = Sandbox::shop();
    shop.write(
        "shop/src/auth.rs",
        "fn login() { panic!() }\n\n\n\n\nfn out() {}\n",
    );
    shop.git(&["commit", "-qam", "feat: logout"]).ok();
    shop.git(&["tag", "-am", "v2.3.2", "v2.3.2"]).ok();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
    shop.git(&["push", "-q", "--follow-tags", "origin", "main"])
        .ok();
    let line = |name: &str, start: &str, change: Option<(&str, &str)>| {
        shop.git(&["switch", "-q", "-c", name, start]).ok();
        if let Some((file, text)) = change {
            shop.commit(file, text, &format!("fix: only in {name}"));
        }
        shop.git(&["push", "-q", "origin", name]).ok();
    };
    let own = "fn login() { own() }\n\n\n\n\nfn out() {}\n";
    line(
        "release/2.4",
        "main",
        Some(("src/mail.rs", "fn mail() {}\n")),
    );
    line("release/2.3", "v2.3.2", None);
    line("stable/2.2", "v2.3.2", Some(("src/auth.rs", own)));
    line(
        "stable/picked",
        "v2.3.2",
        Some(("src/late.rs", "fn late() {}\n")),
    );
    line("maint/clash", "main", Some(("src/auth.rs", own)));
    line("feature/x", "main", None);
    shop.git(&["switch", "-q", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    shop.commit(
        "src/auth.rs",
        "fn login() { ok() }\n\n\n\n\nfn out() {}\n",
        "fix: [HOTFIX] do not panic",
    );
    shop.git(&["switch", "-q", "stable/picked"]).ok();
    shop.git(&["cherry-pick", "-x", "hotfix/login-is-down"])
        .ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop
}

#[test]
fn every_line_says_what_becomes_of_it_and_the_fix() {
    let shop = shop();
    let before = shop.refs("shop");
    let ran = shop.hotfix(&["lines"]).ok();
    expect![[r#"
        hotfix/login-is-down: 1 commit to febeb12
          maint/clash    conflicts in src/auth.rs (1 place)
          release/2.3    a merge would drag 1 commit along: --cherry-pick
          release/2.4    merges cleanly
          stable/2.2     a pick conflicts in src/auth.rs (1 place); a merge would drag…
          stable/picked  has the fix, picked as fd7d2c4
        ! 
        ! Next: land it there too
        !   git hotfix finish --to release/2.3 --to release/2.4 --cherry-pick
    "#]]
    .assert_eq(&ran.screen());
    assert_eq!(shop.refs("shop"), before);
    assert!(ran.screen().lines().all(|line| line.chars().count() <= 82));
}

#[test]
fn the_next_step_lands_where_it_said_it_would() {
    let shop = shop();
    shop.pass_the_gate();
    let next = shop.hotfix(&["lines", "--json"]).ok().json()["next"].clone();
    let words: Vec<&str> = next.as_str().unwrap().split(' ').skip(2).collect();
    shop.hotfix(&words).ok();
    let json = shop.hotfix(&["lines", "--json"]).ok().json();
    for line in json["lines"].as_array().unwrap() {
        let conflicts = ["stable/2.2", "maint/clash"].contains(&line["branch"].as_str().unwrap());
        assert_eq!(line["state"] == "held", !conflicts, "{line:#}");
    }
    assert!(json["next"].is_null());
}

#[test]
fn named_lines_alone_are_looked_at() {
    let shop = shop();
    let json = shop
        .hotfix(&["lines", "origin/release/2.3", "feature/x", "--json"])
        .ok()
        .json();
    let lines = json["lines"].as_array().unwrap();
    let state = |at: usize| (lines[at]["branch"].as_str(), lines[at]["state"].as_str());
    assert_eq!(lines.len(), 2);
    assert_eq!(state(0), (Some("feature/x"), Some("merges")));
    assert_eq!(state(1), (Some("release/2.3"), Some("picks")));
    assert_eq!(lines[1]["foreign"], 1);
    shop.hotfix(&["lines", "release/9"])
        .fails(2)
        .says("there is no branch release/9 here or on origin");
}

#[test]
fn a_line_that_only_the_remote_has_is_one_and_the_settings_say_which_are() {
    let shop = shop();
    shop.git(&["branch", "-qD", "release/2.3"]).ok();
    shop.hotfix(&["lines"]).ok().says("release/2.3");
    shop.git(&["config", "hotfix.lines", "feature/*"]).ok();
    let json = shop.hotfix(&["lines", "--json"]).ok().json();
    assert_eq!(json["lines"].as_array().unwrap().len(), 1);
    shop.git(&["config", "hotfix.lines", "none/*"]).ok();
    shop.hotfix(&["lines"])
        .ok()
        .says("No branch here or on the remote is one of none/*.");
    shop.git(&["config", "hotfix.lines", "*"]).ok();
    shop.hotfix(&["lines"])
        .fails(3)
        .says("it takes in every branch");
}

#[test]
fn under_git_flow_its_prefixes_are_the_lines() {
    let shop = shop();
    for (name, prefix) in [("support", "lts-"), ("release", "next-")] {
        let key = format!("gitflow.prefix.{name}");
        shop.git(&["config", &key, prefix]).ok();
        shop.git(&["branch", &format!("{prefix}1"), "main"]).ok();
    }
    let json = shop.hotfix(&["lines", "--json"]).ok().json();
    let lines = json["lines"].as_array().unwrap();
    let names: Vec<&str> = lines
        .iter()
        .map(|line| line["branch"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["lts-1", "next-1"]);
}

#[test]
fn what_has_landed_is_known_after_its_branch_is_gone() {
    let shop = shop();
    shop.pass_the_gate();
    shop.hotfix(&["finish", "--push"]).ok();
    assert!(!shop.has("hotfix/login-is-down"));
    let json = shop
        .hotfix(&["lines", "release/2.4", "main", "--json"])
        .ok()
        .json();
    assert_eq!(json["lines"][0]["state"], "held");
    assert_eq!(json["lines"][1]["state"], "merges");
}

#[test]
fn without_commits_there_is_nothing_to_look_for() {
    let shop = Sandbox::incident();
    shop.hotfix(&["lines"])
        .fails(2)
        .says("hotfix/login-is-down has no commits yet");
}

#[test]
fn twenty_lines_cost_a_merge_each_and_other_branches_nothing() {
    let shop = shop();
    let tip = shop.rev("main");
    let mut input = String::new();
    for n in 0..1_000 {
        input.push_str(&format!("create refs/heads/feature/{n} {tip}\n"));
    }
    for n in 0..20 {
        input.push_str(&format!("create refs/heads/release/x{n} {tip}\n"));
    }
    shop.write("updates", &input);
    let updates = std::fs::File::open(shop.path("updates")).unwrap();
    let done = shop
        .command("git", "shop")
        .args(["update-ref", "--stdin"])
        .stdin(updates)
        .status();
    assert!(done.unwrap().success());
    shop.git(&["pack-refs", "--all"]).ok();
    let trace = shop.path("trace");
    let run = |lines: &[&str]| {
        let _ = std::fs::remove_file(&trace);
        let all = [&["lines"], lines].concat();
        shop.hotfix_with(&[("GIT_TRACE2_EVENT", trace.to_str().unwrap())], &all)
            .ok();
        let text = shop.read("trace");
        text.lines()
            .filter(|line| line.contains("\"event\":\"start\""))
            .count()
    };
    let few = run(&["maint/clash"]);
    let many = run(&[]);
    // 20 + 5 lines instead of one that conflicts; what the fix is known by is computed once.
    assert!(
        many <= few + 24,
        "{few} processes for one line, {many} for 25"
    );
}

#[test]
fn that_there_are_no_lines_is_said_in_eighty_columns() {
    let shop = Sandbox::ready();
    let screen = shop.hotfix(&["lines"]).ok().says("maint/*").screen();
    let mut lines = screen.lines().map(|line| line.trim_start_matches("! "));
    assert!(lines.all(|line| line.len() <= 80), "{screen}");
}
