//! Where a fix goes beside production: open releases, lines, and what is left out.

use super::landing::{
    branches, colleague_commits, everything, is_tidy, parents, ready_with_develop, refused, subject,
};
use super::support::Sandbox;
use expect_test::expect;

/// The ready fix, and branches of that name at revisions, pushed.
fn ready_with(named: &[(&str, &str)]) -> Sandbox {
    let shop = Sandbox::ready();
    for (branch, at) in named {
        shop.git(&["branch", branch, at]).ok();
        shop.git(&["push", "-q", "origin", branch]).ok();
    }
    shop
}

/// A commit on top of a branch, pushed; the person is on the hotfix branch again afterwards.
fn grow(shop: &Sandbox, branch: &str, file: &str, text: &str) -> String {
    shop.git(&["switch", "-q", branch]).ok();
    shop.commit(file, text, &format!("feat: {file}"));
    shop.git(&["push", "-q", "origin", branch]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.rev(branch)
}

/// A maintained line from v2.3.0, older than what the fix begins on, where the same lines read
/// otherwise but the fix applies.
fn ready_with_an_older_line() -> Sandbox {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-q", "-c", "release/2.2", "v2.3.0"])
        .ok();
    shop.commit("src/old.rs", "fn old() {}\n", "feat: only here");
    shop.git(&["push", "-q", "origin", "release/2.2"]).ok();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/guard.rs", "fn guard() {}\n", "feat: not for the line");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    for (file, text) in [("src/limit.rs", "1\n"), ("src/token.rs", "2\n")] {
        shop.write(&format!("shop/{file}"), text);
        shop.git(&["add", file]).ok();
        let who = [
            ("GIT_AUTHOR_NAME", "Grace"),
            ("GIT_AUTHOR_EMAIL", "grace@example.com"),
            ("GIT_AUTHOR_DATE", "2026-11-21T08:00:00+05:30"),
        ];
        let message = format!("fix: [HOTFIX] {file}\n\nReviewed-by: Lin\n");
        shop.git_with(&who, &["commit", "-qm", &message]).ok();
    }
    shop.pass_the_gate();
    shop
}

fn files(shop: &Sandbox, revision: &str) -> String {
    let listed = shop.git(&["ls-tree", "-r", "--name-only", revision]);
    listed.ok().stdout.replace('\n', " ")
}

#[test]
fn an_open_release_branch_is_not_skipped_and_develop_gets_the_fix_too() {
    let shop = ready_with_develop();
    shop.git(&["config", "--unset", "hotfix.backMerge"]).ok();
    for (key, value) in [
        ("gitflow.branch.master", "main"),
        ("gitflow.branch.develop", "develop"),
        ("gitflow.prefix.release", "release/"),
    ] {
        shop.git(&["config", key, value]).ok();
    }
    shop.git(&["branch", "release/2.3", "v2.3.1"]).ok();
    shop.git(&["branch", "release/2.4", "v2.3.1"]).ok();
    let release = grow(&shop, "release/2.4", "NOTES", "2.4\n");
    let fix = shop.rev("HEAD");

    shop.hotfix(&["finish", "--push"]).ok();

    assert_eq!(parents(&shop, "release/2.4"), [release, fix.clone()]);
    assert_eq!(parents(&shop, "develop")[1], fix);
    assert_eq!(
        subject(&shop, "shop", "release/2.4"),
        "chore: merge hotfix/login-is-down into release/2.4"
    );
    assert_eq!(
        shop.rev("release/2.3"),
        shop.rev("v2.3.1^{commit}"),
        "what production contains is not open"
    );
    assert_eq!(
        shop.rev("release/2.4"),
        shop.rev_in("origin.git", "release/2.4")
    );
    is_tidy(&shop, "shop");
}

#[test]
fn a_colleagues_new_release_branch_is_seen_on_the_remote() {
    let shop = ready_with(&[]);
    shop.git(&["config", "hotfix.releaseBranches", "release/*"])
        .ok();
    shop.git_in("", &["clone", "-q", "origin.git", "theirs"])
        .ok();
    shop.git_in("theirs", &["switch", "-qc", "release/2.4"])
        .ok();
    shop.write("theirs/NOTES", "2.4\n");
    shop.git_in("theirs", &["add", "NOTES"]).ok();
    shop.git_in("theirs", &["commit", "-qm", "docs: notes"])
        .ok();
    shop.git_in("theirs", &["push", "-q", "origin", "release/2.4"])
        .ok();
    let fix = shop.rev("HEAD");
    shop.hotfix(&["finish", "--push"]).ok();
    let there = shop.rev_in("origin.git", "release/2.4^2");
    assert_eq!(there, fix);
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn a_release_that_was_deleted_on_the_remote_gets_nothing() {
    let shop = ready_with(&[("release/2.4", "v2.3.1")]);
    shop.git(&["config", "hotfix.releaseBranches", "release/*"])
        .ok();
    grow(&shop, "release/2.4", "NOTES", "2.4\n");
    shop.git(&["branch", "-qD", "release/2.4"]).ok();
    shop.git_in("origin.git", &["branch", "-D", "release/2.4"])
        .ok();
    shop.hotfix(&["finish", "--push"]).ok();
    assert_eq!(
        branches(&shop, "origin.git").matches("refs/heads").count(),
        1
    );
}

#[test]
fn several_lines_land_in_one_finish_and_production_is_not_dragged_along() {
    let shop = Sandbox::shop();
    for line in ["release/2.2", "release/2.3"] {
        shop.git(&["switch", "-qc", line, "v2.3.0"]).ok();
        shop.commit(&format!("{}.md", &line[8..]), "notes\n", "docs: notes");
        shop.git(&["push", "-q", "origin", line]).ok();
    }
    shop.hotfix(&["start", "Login is down", "-s", "P0", "--from", "v2.3.0"])
        .ok();
    shop.write("shop/src/guard.rs", "fn guard() {}\n");
    shop.git(&["add", "src/guard.rs"]).ok();
    shop.hotfix(&["commit", "-m", "guard the login"]).ok();
    shop.pass_the_gate();
    let fix = shop.rev("HEAD");
    shop.git(&["branch", "-qD", "release/2.3"]).ok();

    let to = ["--to", "release/2.2", "--to", "origin/release/2.3"];
    shop.hotfix(&[&["finish", "--push"], &to[..]].concat()).ok();

    for line in ["release/2.2", "release/2.3"] {
        assert_eq!(parents(&shop, line)[1], fix);
        assert_eq!(
            shop.git(&["show", &format!("{line}:src/auth.rs")]).stdout,
            "fn login() {}\n",
            "the code of the line, not of production"
        );
    }
    assert_eq!(
        files(&shop, "release/2.3"),
        "2.3.md src/auth.rs src/guard.rs "
    );
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    is_tidy(&shop, "shop");
}

#[test]
fn an_older_line_does_not_get_newer_commits_with_the_fix() {
    let shop = ready_with_an_older_line();
    let before = everything(&shop);
    let ran = refused(shop.hotfix(&["finish", "--push", "--to", "release/2.2"]));
    assert_eq!(everything(&shop), before);
    expect![[r#"
        ! hotfix: hotfix/login-is-down begins on commits that release/2.2 has not
        !   main         merges cleanly
        !   release/2.2  would get 2 commits that are not of the fix
        ! Nothing was changed, here or on origin.
        ! Take over the fix's own commits instead:
        !   git hotfix finish --push --cherry-pick --to release/2.2
        ! Or land without it:
        !   git hotfix finish --push
        [exit 1]
    "#]]
    .assert_eq(&ran.screen());
}

#[test]
fn an_older_line_takes_the_fixs_own_commits_as_cherry_pick_x_writes_them() {
    let shop = ready_with_an_older_line();
    let (first, second) = (shop.rev("HEAD~"), shop.rev("HEAD"));
    let line = shop.rev("release/2.2");
    shop.git(&["switch", "-q", "--detach", "release/2.2"]).ok();
    shop.git(&["cherry-pick", "-x", &first, &second]).ok();
    let by_git = shop.rev("HEAD");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();

    let to = ["finish", "--push", "--to", "release/2.2", "--cherry-pick"];
    shop.hotfix(&to).ok().says("2 commits picked");

    let shown = |revision: &str, format: &str| {
        let format = format!("--format={format}");
        shop.git(&["log", "-2", &format, revision]).ok().stdout
    };
    for format in ["%T", "%an <%ae> %ad", "%B", "%cn"] {
        assert_eq!(shown("release/2.2", format), shown(&by_git, format));
    }
    assert_eq!(shop.rev("release/2.2~2"), line);
    assert_eq!(
        files(&shop, "release/2.2"),
        "src/auth.rs src/limit.rs src/old.rs src/token.rs "
    );
    assert_eq!(parents(&shop, "main")[1], second, "production is merged");
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));

    // Again, the branch being gone: nothing is picked twice.
    let before = everything(&shop);
    shop.hotfix(&to).ok();
    assert_eq!(everything(&shop), before);
}

#[test]
fn picks_that_wait_for_their_push_are_no_strangers() {
    let shop = ready_with_an_older_line();
    let to = ["finish", "--to", "release/2.2", "--cherry-pick"];
    let ran = shop.hotfix(&to).ok();
    ran.says("git hotfix finish --push --cherry-pick --to release/2.2");
    shop.hotfix(&[&to[..], &["--push"]].concat()).ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn what_a_person_picked_already_is_left_out() {
    let shop = ready_with_an_older_line();
    let first = shop.rev("HEAD~");
    shop.git(&["switch", "-q", "release/2.2"]).ok();
    shop.git(&["cherry-pick", &first]).ok();
    shop.git(&["push", "-q", "origin", "release/2.2"]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.hotfix(&["finish", "--to", "release/2.2", "--cherry-pick"])
        .ok()
        .says("1 commit picked");
    // All of it there, and gone on since over the same lines.
    let shop = ready_with_an_older_line();
    let (first, second) = (shop.rev("HEAD~"), shop.rev("HEAD"));
    shop.git(&["switch", "-q", "release/2.2"]).ok();
    shop.git(&["cherry-pick", &first, &second]).ok();
    shop.commit("src/limit.rs", "later\n", "feat: later");
    shop.git(&["push", "-q", "origin", "release/2.2"]).ok();
    let line = shop.rev("release/2.2");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.hotfix(&["finish", "--to", "release/2.2", "--cherry-pick"])
        .ok()
        .says("holds the fix already, as copies");
    assert_eq!(shop.rev("release/2.2"), line);
}

#[test]
fn a_pick_that_conflicts_names_the_commit_and_moves_nothing() {
    let shop = ready_with_an_older_line();
    let second = shop.rev("HEAD");
    grow(&shop, "release/2.2", "src/token.rs", "another\n");
    let before = everything(&shop);
    let ran = refused(shop.hotfix(&["finish", "--to", "release/2.2", "--cherry-pick"]));
    assert_eq!(everything(&shop), before);
    let picking = format!("src/token.rs (1 place), picking {}", &second[..7]);
    ran.says(&picking)
        .says("git switch release/2.2 && git cherry-pick -x ");
}

#[test]
fn a_merge_in_the_fix_cannot_be_picked_and_the_message_says_how_to_get_rid_of_it() {
    let shop = ready_with_an_older_line();
    shop.git(&["switch", "-qc", "side", "HEAD~"]).ok();
    shop.write("shop/src/side.rs", "3\n");
    shop.git(&["add", "src/side.rs"]).ok();
    shop.git(&["commit", "-qm", "fix: [HOTFIX] side"]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.git(&["merge", "-q", "--no-edit", "side"]).ok();
    let before = everything(&shop);
    refused(shop.hotfix(&["finish", "--to", "release/2.2", "--cherry-pick"]))
        .says("cannot be picked")
        .says("git rebase ");
    assert_eq!(everything(&shop), before);
}

#[test]
fn a_line_that_is_nowhere_is_refused() {
    let shop = Sandbox::ready();
    let before = everything(&shop);
    shop.hotfix(&["finish", "--to", "release/9"])
        .fails(2)
        .says("there is no branch release/9 here or on origin")
        .says("Nothing was changed");
    assert_eq!(everything(&shop), before);
}

#[test]
fn a_branch_can_be_left_out_on_the_record_and_gets_the_fix_later() {
    let shop = ready_with_develop();
    let fix = shop.rev("HEAD");
    let develop = shop.rev("develop");
    shop.hotfix(&["finish", "--push", "--skip", "develop"])
        .ok()
        .says("left out, as an action item");
    assert_eq!(shop.rev("develop"), develop);
    let record = shop.hotfix(&["show"]).ok().stdout;
    let item = format!(
        "- [ ] Bring the fix to develop: git switch develop && git merge --no-ff {}",
        &fix[..7]
    );
    assert_eq!(record.matches(&item).count(), 1, "{record}");
    shop.hotfix(&["finish", "--push", "--skip", "develop"]).ok();
    let record = shop.hotfix(&["show"]).ok().stdout;
    assert_eq!(record.matches("Bring the fix").count(), 1, "{record}");

    // The branch is gone by now; what landed is seen in production.
    shop.hotfix(&["finish", "--push"]).ok();
    assert_eq!(parents(&shop, "develop"), [develop, fix]);
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn a_conflict_can_be_passed_by_leaving_that_branch_out() {
    let shop = super::landing::ready_with_conflict();
    let develop = shop.rev("develop");
    shop.hotfix(&["finish", "--tag", "--push", "--skip", "develop"])
        .ok();
    assert_eq!(shop.rev("develop"), develop);
    assert_eq!(
        shop.rev_in("origin.git", "v2.3.2^{commit}"),
        shop.rev("main")
    );
}

#[test]
fn production_is_never_left_out_nor_a_branch_that_gets_nothing() {
    let shop = ready_with_develop();
    let before = everything(&shop);
    shop.hotfix(&["finish", "--skip", "main"])
        .fails(2)
        .says("without it nothing lands");
    shop.hotfix(&["finish", "--skip", "devlop"])
        .fails(2)
        .says("those are develop");
    assert_eq!(everything(&shop), before);
}

#[test]
fn the_plan_is_a_graph_with_what_is_certain_and_writes_nothing() {
    let shop = ready_with_an_older_line();
    shop.git(&["branch", "develop", "main"]).ok();
    shop.git(&["config", "hotfix.backMerge", "develop"]).ok();
    let asked = [
        "finish",
        "-n",
        "--tag",
        "--push",
        "--to",
        "release/2.2",
        "--cherry-pick",
    ];
    let before = everything(&shop);
    let ran = shop.hotfix(&asked).ok();
    assert_eq!(everything(&shop), before);
    expect![[r#"
        hotfix/login-is-down  a60d494  2 commits
        |
        +-> main                  64ec8dc  merge  = tree 238b0e3
        +-> develop               64ec8dc  merge  = tree 238b0e3
        +-> release/2.2           f00e2a9  pick 2 commits  = tree eb41988
        +-> v2.3.2                tag, on production's commit
        +-> hotfix/login-is-down  is deleted
        '-> origin                gets all of it first, in one push
        ! 
        ! Nothing was changed: this is what 'git hotfix finish' would do.
    "#]]
    .assert_eq(&ran.screen());

    let planned = shop.hotfix(&[&asked[..], &["--json"]].concat()).ok().json();
    assert_eq!(planned["targets"][0]["result"], serde_json::Value::Null);
    let without = [&asked[..1], &asked[2..]].concat();
    let done = shop
        .hotfix(&[&without[..], &["--json"]].concat())
        .ok()
        .json();
    for target in 0..3 {
        let tree = &done["targets"][target]["tree"];
        assert_eq!(tree, &planned["targets"][target]["tree"]);
        let branch = done["targets"][target]["branch"].as_str().unwrap();
        assert_eq!(*tree, shop.rev(&format!("{branch}^{{tree}}")));
        assert_eq!(done["targets"][target]["result"], shop.rev(branch));
    }
    assert_eq!(done["targets"][2]["outcome"], "picked");
    assert_eq!(done["targets"][2]["commits"], 2);
}

#[test]
fn a_colleagues_push_to_a_line_is_what_the_fix_lands_on() {
    let shop = ready_with(&[("release/2.3", "v2.3.1")]);
    colleague_commits(&shop, "release/2.3", "src/theirs.rs");
    let theirs = shop.rev_in("origin.git", "release/2.3");
    shop.hotfix(&["finish", "--push", "--to", "release/2.3"])
        .ok();
    assert_eq!(parents(&shop, "release/2.3")[0], theirs);
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn an_action_item_to_bring_the_fix_is_ticked_once_it_is_there() {
    let shop = ready_with_develop();
    shop.hotfix(&["finish", "--keep", "--skip", "develop"]).ok();
    assert!(shop.record().contains("- [ ] Bring the fix to develop: "));
    shop.hotfix(&["finish"]).ok();
    let record = shop.record();
    assert!(
        !record.contains("- [ ] Bring the fix to develop"),
        "{record}"
    );
    assert!(record.contains("- [x] Bring the fix to develop: git switch develop && "));
    let ticked = shop.record();
    shop.hotfix(&["finish", "-i", "login"]).ok();
    assert_eq!(shop.record(), ticked);
}

#[test]
fn a_develop_that_has_diverged_can_be_left_out() {
    let shop = ready_with_develop();
    colleague_commits(&shop, "develop", "src/price.rs");
    shop.git(&["switch", "-q", "develop"]).ok();
    shop.commit("src/mine.rs", "fn mine() {}\n", "feat: mine");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    refused(shop.hotfix(&["finish", "--push"]))
        .says("develop here and on origin have diverged")
        .says("git hotfix finish --push --skip develop");
    shop.hotfix(&["finish", "--push", "--skip", "develop"]).ok();
}

#[test]
fn leaving_out_a_line_that_has_diverged_leaves_out_no_other() {
    let shop = Sandbox::ready();
    for line in ["2.2", "release/2.2"] {
        shop.git(&["push", "-q", "origin", &format!("main:refs/heads/{line}")])
            .ok();
    }
    shop.git(&["branch", "-q", "2.2", "main"]).ok();
    colleague_commits(&shop, "2.2", "src/price.rs");
    shop.git(&["switch", "-q", "2.2"]).ok();
    shop.commit("src/mine.rs", "fn mine() {}\n", "feat: mine");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    let lines = ["--to", "origin/2.2", "--to", "release/2.2"];
    refused(shop.hotfix(&[&["finish", "--push"][..], &lines].concat()))
        .says("2.2 here and on origin have diverged")
        .says("git hotfix finish --push --to release/2.2");
}

#[test]
fn names_in_commands_can_be_pasted_into_a_shell() {
    let shop = Sandbox::ready();
    let name = "dev$HOME!&";
    shop.git(&["push", "-q", "origin", &format!("main:refs/heads/{name}")])
        .ok();
    shop.git(&["config", "hotfix.backMerge", name]).ok();
    colleague_commits(&shop, name, "src/price.rs");
    shop.git(&["switch", "-q", "-c", name, "main"]).ok();
    shop.commit("src/mine.rs", "fn mine() {}\n", "feat: mine");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    refused(shop.hotfix(&["finish", "--push"]))
        .says("git switch 'dev$HOME!&' && git pull --no-rebase --no-ff origin 'dev$HOME!&'")
        .says("git hotfix finish --push --skip 'dev$HOME!&'");
}

#[test]
fn the_hotfix_branch_is_no_line_to_land_in() {
    let shop = Sandbox::ready();
    let before = everything(&shop);
    shop.hotfix(&["finish", "--tag", "--to", "hotfix/login-is-down"])
        .fails(2)
        .says("hotfix/login-is-down is what lands")
        .says("Nothing was changed.")
        .says("git hotfix finish --tag\n");
    assert_eq!(everything(&shop), before);
}

#[test]
fn a_conflict_in_many_files_fits_the_screen() {
    let shop = ready_with_develop();
    let files: Vec<String> = (1..6)
        .map(|n| format!("src/a/long/way/down/{n}.rs"))
        .collect();
    for (branch, text) in [("develop", "new\n"), ("hotfix/login-is-down", "fixed\n")] {
        shop.git(&["switch", "-q", branch]).ok();
        files
            .iter()
            .for_each(|file| shop.write(&format!("shop/{file}"), text));
        shop.git(&["add", "-A"]).ok();
        shop.git(&["commit", "-qm", "fix: [HOTFIX] many"]).ok();
        shop.git(&["push", "-q", "origin", "develop"]).ok();
    }
    let ran = refused(shop.hotfix(&["finish"]));
    let said = ran.stderr.lines();
    let long: Vec<&str> = said.filter(|line| line.chars().count() > 80).collect();
    assert!(long.is_empty(), "{long:?}");
    files
        .iter()
        .for_each(|file| assert!(ran.stderr.contains(file)));
}
