use super::section::{self, Rest};
use super::{State, command, command_state, in_style_of, lost};
use proptest::prelude::*;

#[test]
fn what_was_written_is_known_again() {
    let text = command();
    assert_eq!(command_state(None), State::Missing);
    assert_eq!(command_state(Some(&text)), State::Current);
    assert_eq!(
        command_state(Some(&text.replace('\n', "\r\n"))),
        State::Current
    );
    assert_eq!(command_state(Some(text.trim_end())), State::Outdated);
    assert_eq!(command_state(Some("# My own\n")), State::Foreign);
    assert_eq!(command_state(Some("")), State::Foreign);
}

#[test]
fn what_a_person_changed_is_told_from_what_another_version_wrote() {
    let text = command();
    for changed in [
        text.replacen("Triage", "Triage!", 1),
        format!("{text}Mine.\n"),
        format!("Mine.\n{text}"),
        text.replacen("checksum ", "checksum 0", 1),
    ] {
        assert_eq!(command_state(Some(&changed)), State::Changed);
    }
    let body = "---\ndescription: an older one\n---\n";
    let other = format!("{body}\n{}{} -->\n", super::MARK, super::checksum(body));
    assert_eq!(command_state(Some(&other)), State::Outdated);
}

#[test]
fn the_lines_that_would_go_are_named() {
    let changed = command().replacen("# Hotfix", "# Hotfix\n\nCall Ada first.", 1);
    assert_eq!(lost(&changed, &command()), ["Call Ada first."]);
    let text = section::put(None).unwrap();
    let changed = text.replacen("\n\n", "\n\nCall Ada first.\r\n\n", 1);
    assert_eq!(section::state(Some(&changed)), State::Changed);
    assert_eq!(section::lost(&changed), ["Call Ada first."]);
}

#[test]
fn the_front_matter_is_one_that_claude_code_reads() {
    let text = command();
    let (front, body) = text
        .strip_prefix("---\n")
        .unwrap()
        .split_once("\n---\n")
        .unwrap();
    let fields: Vec<(&str, &str)> = front.lines().map(|l| l.split_once(": ").unwrap()).collect();
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["description", "argument-hint", "allowed-tools"]);
    assert_eq!(fields[1].1, "<incident-description>");
    for tool in fields[2].1.split(", ") {
        let is_read = ["Read", "Grep", "Glob"].contains(&tool);
        assert!(
            is_read || tool.starts_with("Bash(git ") && tool.ends_with(')'),
            "{tool}"
        );
        // What goes to production or past the gate is asked for each time.
        for word in [
            "override", "publish", "revert", "abandon", "push", "finalize", "hook:",
        ] {
            assert!(!tool.contains(word), "{tool}");
        }
    }
    assert_eq!(body.matches("$ARGUMENTS").count(), 1);
}

/// A pattern with `:*` lets any options follow, so it may stand only behind what has none that deploys,
/// sends, overrides, writes a file or runs a program: git's own `diff`, `log`, `show` and `blame` have
/// `--output`.
#[test]
fn what_may_be_run_unasked_with_any_options_does_no_harm() {
    let text = command();
    let tools = text.split("Bash(").skip(1);
    let tools = tools.filter_map(|rest| Some(rest.split_once(')')?.0));
    let open: Vec<&str> = tools.filter_map(|tool| tool.strip_suffix(":*")).collect();
    let ours = |tool: &&str| tool.starts_with("git hotfix ");
    let (ours, others): (Vec<&str>, Vec<&str>) = open.iter().partition(|tool| ours(tool));
    assert_eq!(others, ["git status", "git add"]);
    let harmless = [
        "status",
        "list",
        "show",
        "start",
        "adopt",
        "note",
        "severity",
        "impact",
        "changes",
        "mitigate",
        "cause",
        "commit",
        "check",
        "lines",
        "finish -n",
        "postmortem check",
        "task",
        "announce --preview",
        "schema",
    ];
    assert_eq!(ours, harmless.map(|name| format!("git hotfix {name}")));
}

#[test]
fn both_texts_say_what_matters() {
    for text in [command(), section::put(None).unwrap()] {
        let text = text.replace("\n  ", " ").replace('\n', " ");
        for words in [
            "itigate first",
            "--override",
            "GIT_HOTFIX_OVERRIDE",
            "--no-verify",
            "--json",
            "data",
            "nstruction",
        ] {
            assert!(text.contains(words), "{words}");
        }
    }
    for sibling in ["/fix", "/dev", "incident patterns"] {
        assert!(command().contains(sibling), "{sibling}");
    }
}

#[test]
fn marks_that_do_not_belong_together_are_left_alone() {
    let text = section::put(None).unwrap();
    let end = "<!-- git-hotfix: end -->\n";
    for broken in [
        text.replace(end, ""),
        format!("{text}{text}"),
        format!("{end}{text}"),
        end.to_owned(),
        text.replace("gap file", "gap 7"),
        text.replace(", gap file", ""),
    ] {
        assert_eq!(section::state(Some(&broken)), State::Broken, "{broken}");
        assert_eq!(section::put(Some(&broken)), None);
        assert_eq!(section::take(&broken), Rest::AsItIs);
    }
}

#[test]
fn a_file_of_ours_alone_goes_with_the_section() {
    let text = section::put(None).unwrap();
    assert_eq!(section::take(&text), Rest::Nothing);
    assert_eq!(
        section::take(&format!("{text}Mine.")),
        Rest::Text("Mine.".to_owned())
    );
    let empty = section::put(Some("")).unwrap();
    assert_eq!(section::take(&empty), Rest::Text(String::new()));
    assert_eq!(section::take("Mine.\n"), Rest::AsItIs);
}

/// Texts as people leave them: any ending, any line breaks.
fn anything() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\r".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("<!-- begin -->".to_owned()),
        "[ -~é面]{0,12}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_stood_there_stands_there_again(text in anything()) {
        let with = section::put(Some(&text)).unwrap();
        prop_assert!(with.starts_with(&text));
        prop_assert_eq!(section::state(Some(&with)), State::Current);
        prop_assert_eq!(section::put(Some(&with)), Some(with.clone()));
        prop_assert_eq!(section::take(&with), Rest::Text(text));
    }

    #[test]
    fn text_around_the_section_survives_an_update(before in anything(), after in anything()) {
        let with = section::put(Some(&before)).unwrap();
        // An older version's body, with its own checksum.
        let (old, new) = (super::checksum("Older.\n"), super::checksum(include_str!("agents.md")));
        let body = in_style_of(&with[before.len()..], include_str!("agents.md"));
        let older = with.replace(&body, &in_style_of(&body, "Older.\n")).replace(&new, &old);
        let older = format!("{older}{after}");
        prop_assert_eq!(section::state(Some(&older)), State::Outdated);
        let updated = section::put(Some(&older)).unwrap();
        prop_assert_eq!(&updated, &format!("{with}{after}"));
        let Rest::Text(rest) = section::take(&updated) else { panic!() };
        prop_assert!(rest.starts_with(&before) && rest.ends_with(&after));
        // At most the one line break that keeps two lines apart.
        prop_assert!(rest.len() - before.len() - after.len() <= 2);
    }
}
