//! commit-msg and prepare-commit-msg.

use super::*;

#[test]
fn a_refused_message_is_shown_with_its_place_and_kept() {
    let shop = Sandbox::incident();
    let ran = shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix for login"]);
    expect![[r#"
        ! hotfix: this message does not have the hotfix format (the type is 'fix')
        !   quick fix for login
        !   ^ expected: fix: [HOTFIX] quick fix for login
        ! Your message is kept:
        !   git hotfix commit -m "quick fix for login" -- --allow-empty
        [exit 1]
    "#]]
    .assert_eq(&ran.screen());
}

#[test]
fn the_printed_retry_commits_what_was_meant() {
    let shop = Sandbox::incident();
    for message in [
        "don't panic",
        "cost $5 & \"more\" `now` \\ !x",
        "fix(auth): tokens",
        "-x",
    ] {
        shop.write("shop/src/auth.rs", format!("// {message}\n"));
        shop.git(&["add", "-A"]).ok();
        let ran = shop
            .git(&["commit", "-q", &format!("--message={message}")])
            .fails(1);
        in_shell(&shop, &printed_retry(&ran), &[]).ok();
        let words = message.strip_prefix("fix(auth): ").unwrap_or(message);
        assert!(
            subject(&shop).ends_with(&format!(": [HOTFIX] {words}")),
            "{}",
            subject(&shop)
        );
    }
}

#[test]
fn the_printed_retry_commits_all_when_all_was_to_be_committed() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    let ran = shop.git(&["commit", "-qam", "quick fix"]).fails(1);
    in_shell(&shop, &printed_retry(&ran), &[]).ok();
    assert_eq!(subject(&shop), "fix: [HOTFIX] quick fix");
    assert_eq!(shop.git(&["status", "--porcelain"]).ok().stdout, "");
}

#[test]
fn a_scope_that_was_given_is_not_lost() {
    let shop = Sandbox::incident();
    let ran = shop
        .git(&["commit", "-q", "--allow-empty", "-m", "fix(auth): tokens"])
        .fails(1);
    in_shell(&shop, &printed_retry(&ran), &[]).ok();
    assert_eq!(subject(&shop), "fix(auth): [HOTFIX] tokens");
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    let ran = shop
        .git(&["commit", "-q", "src/auth.rs", "-m", "tokens"])
        .fails(1);
    assert_eq!(
        printed_retry(&ran),
        "git hotfix commit -m \"tokens\" -- src/auth.rs"
    );
}

#[test]
fn a_long_message_is_kept_whole_in_a_file() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.git(&["add", "-A"]).ok();
    let ran = shop
        .git(&["commit", "-q", "-m", "Quick fix", "-m", "It's\nlong."])
        .fails(1);
    let mend = shop.executable(
        "mend.sh",
        "#!/bin/sh\nsed -i '1s/^/fix: [HOTFIX] /' \"$1\"\n",
    );
    in_shell(&shop, &printed_retry(&ran), &[("GIT_EDITOR", &mend)]).ok();
    let message = shop.git(&["log", "-1", "--format=%B"]).ok().stdout;
    assert_eq!(message.trim_end(), "fix: [HOTFIX] Quick fix\n\nIt's\nlong.");
}

#[test]
fn a_file_is_judged_like_words() {
    let shop = Sandbox::incident();
    for (text, code) in [
        ("fix: [HOTFIX] x\n", 0),
        ("fix(auth): [HOTFIX] x\r\n\r\nbody\r\n", 0),
        ("fix: [HOTFIX] x\n\n\n\n", 0),
        ("fix(面试评价): [HOTFIX] 测试\n", 0),
        ("\n\nfix!: [HOTFIX] x\n", 0),
        ("fix: [HOTFIX] x\nbody at once\n", 1),
        ("fix:  [HOTFIX] x\n", 1),
        ("fix: x\n", 1),
        ("1.2.3\n", 1),
        // Without an editor git keeps a line like this: it would be the subject.
        ("# not a comment\nfix: [HOTFIX] x\n", 1),
    ] {
        shop.write("message", text);
        let ran = shop.git(&["commit", "-q", "--allow-empty", "-F", "../message"]);
        assert_eq!(ran.code, code, "{text:?}: {}", ran.stderr);
    }
}

#[test]
fn what_an_editor_leaves_is_judged_as_git_will_record_it() {
    let write = |text: &str| format!("printf '{text}' >\"$1\"");
    let rows = [
        (
            "",
            write("# a comment\\n\\nfix: [HOTFIX] x\\n# more\\n"),
            0,
            "fix: [HOTFIX] x",
        ),
        ("", write("fix: [HOTFIX] x\\n# a comment\\nbody\\n"), 1, ""),
        (
            "commit.cleanup=scissors",
            format!("printf 'fix: [HOTFIX] x\\n\\n# kept\\n# {SCISSORS}\\nbad\\n' >\"$1\""),
            0,
            "fix: [HOTFIX] x",
        ),
        (
            "commit.cleanup=verbatim",
            write("# heading\\nfix: [HOTFIX] x\\n"),
            1,
            "",
        ),
        (
            "commit.cleanup=whitespace",
            write("# heading\\nfix: [HOTFIX] x\\n"),
            1,
            "",
        ),
        (
            "core.commentChar=$",
            write("$ a comment\\nfix: [HOTFIX] x\\n"),
            0,
            "fix: [HOTFIX] x",
        ),
        (
            "core.commentChar=$",
            write("# no comment\\nfix: [HOTFIX] x\\n"),
            1,
            "",
        ),
        (
            "core.commentChar=auto",
            "sed -i 's/^fix: .HOTFIX. $/fix: [HOTFIX] #1/' \"$1\"".to_owned(),
            0,
            "fix: [HOTFIX] #1",
        ),
    ];
    for (setting, editor, code, want) in rows {
        let shop = Sandbox::incident();
        if let Some((name, value)) = setting.split_once('=') {
            shop.git(&["config", name, value]).ok();
        }
        let ran = commit_with_editor(&shop, &editor, &[]);
        assert_eq!(ran.code, code, "{setting} {editor}: {}", ran.stderr);
        if code == 0 {
            assert_eq!(subject(&shop), want, "{setting} {editor}");
        }
    }
}

#[test]
fn a_diff_below_the_scissors_is_no_part_of_the_message() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    let editor = "sed -i '1s/.*/fix: [HOTFIX] do not panic/' \"$1\"";
    commit_with_editor(&shop, editor, &["-a", "-v"]).ok();
    assert_eq!(
        shop.git(&["log", "-1", "--format=%B"]).ok().stdout.trim(),
        "fix: [HOTFIX] do not panic"
    );
}

#[test]
fn an_empty_message_is_prefilled_and_the_prefix_alone_is_not_enough() {
    let shop = Sandbox::incident();
    let ran = commit_with_editor(&shop, "cp \"$1\" \"${0%/*}/seen\"", &[]).fails(1);
    ran.says("fix: [HOTFIX]");
    let seen = shop.read("seen");
    assert!(seen.starts_with("fix: [HOTFIX] \n"), "{seen}");
    commit_with_editor(&shop, "sed -i '1s/$/do not panic/' \"$1\"", &[]).ok();
    assert_eq!(subject(&shop), "fix: [HOTFIX] do not panic");
}

#[test]
fn a_template_is_kept_below_the_prefix() {
    let shop = Sandbox::incident();
    shop.write("template", "\n\nTicket:\n");
    shop.git(&["config", "commit.template", "../template"]).ok();
    let ran = commit_with_editor(&shop, "cp \"$1\" \"${0%/*}/seen\"", &[]);
    ran.fails(1);
    let seen = shop.read("seen");
    assert!(seen.starts_with("fix: [HOTFIX] \n\nTicket:\n"), "{seen}");
    commit_with_editor(&shop, "sed -i '1s/$/do not panic/' \"$1\"", &[]).ok();
    let message = shop.git(&["log", "-1", "--format=%B"]).ok().stdout;
    assert_eq!(message.trim_end(), "fix: [HOTFIX] do not panic\n\nTicket:");
}

#[test]
fn a_message_that_was_given_is_not_prefilled() {
    let shop = Sandbox::incident();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] one"])
        .ok();
    commit_with_editor(&shop, "sed -i '1s/one/two/' \"$1\"", &["--amend"]).ok();
    assert_eq!(subject(&shop), "fix: [HOTFIX] two");
    shop.git(&["switch", "-q", "main"]).ok();
    commit_with_editor(
        &shop,
        "grep -q HOTFIX \"$1\" && exit 1; echo x >\"$1\"",
        &[],
    )
    .ok();
}

#[test]
fn a_merge_keeps_its_own_words() {
    let shop = Sandbox::incident();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] one"])
        .ok();
    shop.git(&["switch", "-qc", "side", "main"]).ok();
    shop.commit("src/side.rs", "", "feat: side");
    shop.git(&["switch", "-q", BRANCH]).ok();
    shop.git(&["merge", "-q", "--no-edit", "side"]).ok();
    assert_eq!(subject(&shop), format!("Merge branch 'side' into {BRANCH}"));
    let ran = shop.git(&["commit", "-q", "--allow-empty", "-m", "Merge branch 'side'"]);
    ran.fails(1).says("only a merge may be called 'Merge …'");
}

#[test]
fn a_reword_is_judged_although_head_is_detached() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.git(&["commit", "-qam", "fix: [HOTFIX] one"]).ok();
    let todo = shop.executable("todo.sh", "#!/bin/sh\nsed -i 's/^pick/reword/' \"$1\"\n");
    let reword = |text: &str| {
        let editor = shop.executable("editor.sh", &format!("#!/bin/sh\necho '{text}' >\"$1\"\n"));
        let environment = [
            ("GIT_SEQUENCE_EDITOR", todo.as_str()),
            ("GIT_EDITOR", editor.as_str()),
        ];
        shop.git_with(&environment, &["rebase", "-q", "-i", "main"])
    };
    let ran = reword("quick fix");
    assert_ne!(ran.code, 0);
    ran.says("this message does not have the hotfix format");
    shop.git(&["rebase", "--abort"]).ok();
    reword("fix: [HOTFIX] two").ok();
    assert_eq!(subject(&shop), "fix: [HOTFIX] two");
}

#[test]
fn what_git_does_not_show_the_hook_is_judged_at_the_push() {
    let shop = Sandbox::ready();
    shop.git(&["switch", "-qc", "side", "main"]).ok();
    shop.commit("src/side.rs", "", "feat: side");
    shop.git(&["switch", "-q", BRANCH]).ok();
    shop.git(&["cherry-pick", "side"]).ok();
    let ran = shop.git(&["push", "-q", "origin", BRANCH]).fails(1);
    ran.says("feat: side");
    assert!(!remote_has(&shop, BRANCH));
}

#[test]
fn a_fixup_is_let_go_here_and_not_to_the_remote() {
    let shop = Sandbox::ready();
    for kind in ["--fixup=HEAD", "--squash=HEAD"] {
        shop.git(&["commit", "-q", "--allow-empty", "--no-edit", kind])
            .ok();
    }
    let ran = shop.git(&["push", "-q", "origin", BRANCH]).fails(1);
    let ran = ran
        .says("not folded in yet\n")
        .says("      git rebase -i --autosquash");
    let of_findings = |line: &&str| line.starts_with("  ");
    let widest = ran.stderr.lines().filter(of_findings).map(str::len).max();
    assert!(widest.unwrap() <= 80, "{}", ran.stderr);
    assert!(!remote_has(&shop, BRANCH));
}

#[test]
fn the_rows_of_the_table_by_words() {
    let shop = Sandbox::incident();
    let commit = |message: &str| shop.git(&["commit", "-q", "--allow-empty", "-m", message]);
    for message in [
        "fix: [HOTFIX] x",
        "fix(auth): [HOTFIX] x",
        "fix(auth)!: [HOTFIX] x",
        "fix!: [HOTFIX] x",
        "fix(面试评价): [HOTFIX] 测试",
        "fixup! quick",
        "squash! quick",
        "amend! fixup! quick",
        "Revert \"quick\"\n\nThis reverts commit 1a3e64c6c4.",
    ] {
        commit(message).ok();
    }
    for message in [
        "foo: [HOTFIX] x",
        "FIX: [HOTFIX] x",
        ": x",
        "fix:",
        "fix: [HOTFIX]",
        "fix: [HOTFIX]   ",
        "[HOTFIX] x",
        "fix: x",
        "bad subject",
        "bad subject\n\nMerge branch x",
        "1.2.3",
        "Merge branch 'x'",
        "Revert \"quick\"",
        "\u{feff}fix: [HOTFIX] x",
        "  fix: [HOTFIX] x",
    ] {
        let ran = commit(message).fails(1);
        assert!(
            ran.stderr.contains("  ^") || ran.stderr.contains("^ expected"),
            "{message}"
        );
    }
    for (message, corrected) in [
        ("fix : [HOTFIX] x", "fix: [HOTFIX] x"),
        ("fix (a): [HOTFIX] x", "fix(a): [HOTFIX] x"),
        ("fix(): [HOTFIX] x", "fix: [HOTFIX] x"),
        ("fix(a) : [HOTFIX] x", "fix(a): [HOTFIX] x"),
        ("fix:  [HOTFIX] x", "fix: [HOTFIX] x"),
    ] {
        commit(message)
            .fails(1)
            .says(&format!("^ expected: {corrected}\n"));
    }
}

#[test]
fn nothing_but_comments_is_no_message() {
    let shop = Sandbox::incident();
    let ran = commit_with_editor(&shop, "echo '# only' >\"$1\"", &[]).fails(1);
    // git itself gives up before it asks the hook, or the hook says so.
    let hook = shop.path("shop/.git/COMMENTS");
    fs::write(&hook, "# only\n").unwrap();
    let judged = shop
        .hotfix(&["hook", "commit-msg", ".git/COMMENTS"])
        .fails(1);
    assert!(!ran.stderr.contains("kept"), "{}", ran.stderr);
    judged.says("Say what was done: git hotfix commit -m \"…\"");
}

#[test]
fn the_comment_string_is_the_last_that_is_set() {
    let shop = Sandbox::incident();
    shop.git(&["config", "core.commentChar", ";"]).ok();
    shop.git(&["config", "core.commentString", "//"]).ok();
    fs::write(shop.path("shop/.git/MSG"), "// note\nfix: [HOTFIX] x\n").unwrap();
    shop.hotfix(&["hook", "commit-msg", ".git/MSG"]).ok();
    fs::write(shop.path("shop/.git/MSG"), "; note\nfix: [HOTFIX] x\n").unwrap();
    shop.hotfix(&["hook", "commit-msg", ".git/MSG"]).fails(1);
}

#[test]
fn a_cherry_pick_and_a_revert_are_let_go_here() {
    let shop = Sandbox::incident();
    shop.git(&["switch", "-qc", "side", "main"]).ok();
    shop.commit("src/side.rs", "", "feat: side");
    shop.git(&["switch", "-q", BRANCH]).ok();
    shop.git(&["cherry-pick", "side"]).ok();
    assert_eq!(subject(&shop), "feat: side");
    shop.git(&["revert", "--no-edit", "HEAD"]).ok();
    assert_eq!(subject(&shop), "Revert \"feat: side\"");
    // The gate lets the revert go too, for it says what it reverts.
    let gate = shop.hotfix(&["gate"]).fails(1);
    gate.says("feat: side: expected");
}

#[test]
fn the_caret_counts_columns_as_the_screen_does() {
    let shop = Sandbox::incident();
    let message = "fix(面试评价) [HOTFIX] x";
    let ran = shop.git(&["commit", "-q", "--allow-empty", "-m", message]);
    expect![[r#"
        ! hotfix: this message does not have the hotfix format
        !   (':' comes after type and scope)
        !   fix(面试评价) [HOTFIX] x
        !                ^ expected: fix(面试评价): [HOTFIX] x
        ! Your message is kept: git commit -m "fix(面试评价): [HOTFIX] x" --allow-empty
        [exit 1]
    "#]]
    .assert_eq(&ran.screen());
    let ran = shop.git(&["commit", "-q", "--allow-empty", "-m", "fix:\t[HOTFIX] x"]);
    ran.fails(1).says("\n  fix: [HOTFIX] x\n      ^ expected");
}

// Only Linux tells what git was asked for.
#[cfg(target_os = "linux")]
#[test]
fn the_retry_of_an_amend_amends() {
    let shop = unready();
    let before = shop.rev("HEAD~1");
    let ran = shop.git(&["commit", "-q", "--amend", "-m", "two"]).fails(1);
    assert_eq!(
        printed_retry(&ran),
        "git commit --amend -m \"fix: [HOTFIX] two\""
    );
    in_shell(&shop, &printed_retry(&ran), &[]).ok();
    assert_eq!(subject(&shop), "fix: [HOTFIX] two");
    assert_eq!(shop.rev("HEAD~1"), before);
}

#[test]
fn the_retry_of_a_reword_goes_on_with_the_rebase() {
    let shop = Sandbox::incident();
    for (text, words) in [("1", "one"), ("2", "two")] {
        shop.write("shop/src/auth.rs", text);
        let message = format!("fix: [HOTFIX] {words}");
        shop.git(&["commit", "-qam", &message]).ok();
    }
    let todo = shop.executable("todo.sh", "#!/bin/sh\nsed -i '1s/^pick/reword/' \"$1\"\n");
    let editor = shop.executable("editor.sh", "#!/bin/sh\necho quick >\"$1\"\n");
    let environment = [
        ("GIT_SEQUENCE_EDITOR", todo.as_str()),
        ("GIT_EDITOR", editor.as_str()),
    ];
    let ran = shop.git_with(&environment, &["rebase", "-q", "-i", "main"]);
    let retry = printed_retry(&ran);
    assert_eq!(
        retry,
        "git commit --amend -m \"fix: [HOTFIX] quick\" && git rebase --continue"
    );
    in_shell(&shop, &retry, &[("GIT_EDITOR", "true")]).ok();
    let log = shop.git(&["log", "--format=%s", "main.."]).ok().stdout;
    assert_eq!(log, "fix: [HOTFIX] two\nfix: [HOTFIX] quick\n");
}

#[test]
fn the_retry_of_a_merge_ends_the_merge() {
    let shop = Sandbox::incident();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] one"])
        .ok();
    shop.git(&["switch", "-qc", "side", "main"]).ok();
    shop.commit("src/side.rs", "", "feat: side");
    shop.git(&["switch", "-q", BRANCH]).ok();
    let ran = shop.git(&["merge", "-q", "-m", "get side", "side"]);
    assert_ne!(ran.code, 0);
    in_shell(&shop, &printed_retry(&ran), &[]).ok();
    assert_eq!(subject(&shop), "fix: [HOTFIX] get side");
    assert!(shop.has("HEAD^2"));
}

#[test]
fn lines_that_an_editor_would_take_for_comments_are_not_lost() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.write("message", "Quick fix\n\n# a heading\ntext\n");
    let ran = shop.git(&["commit", "-qa", "-F", "../message"]).fails(1);
    let retry = printed_retry(&ran);
    let mend = "#!/bin/sh\nsed -i '1s/^/fix: [HOTFIX] /' \"$1\"\n";
    let mend = shop.executable("mend.sh", mend);
    in_shell(&shop, &retry, &[("GIT_EDITOR", &mend)]).ok();
    let message = shop.git(&["log", "-1", "--format=%B"]).ok().stdout;
    let want = "fix: [HOTFIX] Quick fix\n\n# a heading\ntext";
    assert_eq!(message.trim_end(), want);
}

#[test]
fn a_trailer_that_names_another_incident_is_refused_and_found() {
    let shop = Sandbox::ready();
    let id = shop.hotfix(&["status", "--json"]).ok().json()["id"].clone();
    let id = id.as_str().unwrap();
    let commit = |value: &str, more: &[&str]| {
        let trailer = format!("Incident: {value}");
        let all = ["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"];
        let all = [&all, &["--trailer", &trailer][..], more].concat();
        shop.git(&all)
    };
    let ran = commit("wrong", &[]).fails(1);
    ran.says("belongs to another incident")
        .says(&format!("expected: Incident: {id}"));
    commit(id, &[]).ok();
    shop.hotfix(&["gate"]).ok();
    commit("wrong", &["--no-verify"]).ok();
    shop.hotfix(&["gate"])
        .fails(1)
        .says(&format!("Incident: wrong: expected {id}"));
}

// Only Linux tells what git was asked for.
#[cfg(target_os = "linux")]
#[test]
fn the_retry_makes_the_same_commit() {
    let shop = Sandbox::incident();
    let header = || {
        shop.git(&["log", "-1", "--format=%an %ad|%B", "--date=short"])
            .ok()
            .stdout
    };
    let bob = ["commit", "-q", "--allow-empty", "--author", "Bob <b@x>"];
    let more = ["--date=2026-01-02T00:00:00Z", "-sm", "subj"];
    let ran = shop.git(&[&bob[..], &more].concat()).fails(1);
    in_shell(&shop, &printed_retry(&ran), &[]).ok();
    let want = "Bob 2026-01-02|fix: [HOTFIX] subj\n\nSigned-off-by: Ada <ada@example.com>\n";
    assert_eq!(header().trim_end(), want.trim_end());
    for name in ["a b", "it's"] {
        shop.write(&format!("shop/src/{name}"), "x");
    }
    shop.git(&["add", "-A"]).ok();
    let ran = shop
        .git(&[
            "-c",
            "user.name=Eve E",
            "commit",
            "-q",
            "-m",
            "x",
            "src/it's",
        ])
        .fails(1);
    in_shell(&shop, &printed_retry(&ran), &[]).ok();
    let files = shop
        .git(&["show", "--format=%an", "--name-only"])
        .ok()
        .stdout;
    assert_eq!(files, "Eve E\n\nsrc/it's\n");
}

#[test]
fn a_kept_message_has_the_header_put_right() {
    let shop = Sandbox::incident();
    let ran = shop
        .git(&["commit", "-q", "--allow-empty", "-m", "fix(a) x", "-m", "b"])
        .fails(1);
    let ran = ran.says("Your message is kept, its wrong lines put right:");
    in_shell(&shop, &printed_retry(&ran), &[("GIT_EDITOR", "false")]).ok();
    let message = shop.git(&["log", "-1", "--format=%B"]).ok().stdout;
    assert_eq!(message.trim_end(), "fix: [HOTFIX] fix(a) x\n\nb");
}

#[test]
fn a_line_without_end_is_not_shown_whole() {
    let shop = Sandbox::incident();
    let long = "x".repeat(1024 * 1024);
    shop.write("message", &long);
    let ran = shop
        .git(&["commit", "-q", "--allow-empty", "-F", "../message"])
        .fails(1);
    assert!(ran.stderr.len() < 2000, "{}", ran.stderr.len());
    in_shell(&shop, &printed_retry(&ran), &[]).ok();
    assert_eq!(subject(&shop), format!("fix: [HOTFIX] {long}"));
    shop.write("message", long.repeat(5));
    shop.git(&["commit", "-q", "--allow-empty", "-F", "../message"])
        .fails(1)
        .says("Nothing was committed.")
        .says("point to that");
}

#[test]
fn a_setting_that_cannot_be_used_is_warned_of_once() {
    let shop = Sandbox::incident();
    shop.write("shop/.hotfix.toml", "gate = \"sometimes\"\n");
    let message = ["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"];
    let ran = shop.git(&message).ok();
    assert_eq!(
        ran.stderr.matches("going by the default").count(),
        1,
        "{}",
        ran.stderr
    );
}
