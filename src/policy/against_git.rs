//! The rules that copy git's own, held against the git of this machine. Skipped without one.
//!
//! The only tests of the rules that start a program: what git does is not ours to remember.

use super::branch;
use super::message::{Cleaning, Cleanup, Format, clean};
use proptest::prelude::*;
use std::io::Write;
use std::process::{Command, Stdio};

/// What git answers; nothing when there is no git.
fn git(arguments: &[&str], stdin: &[u8]) -> Option<(bool, Vec<u8>)> {
    let mut child = Command::new("git")
        .args(["-c", "core.commentChar=#"])
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // A git that refuses its arguments does not wait for its input.
    let _ = child.stdin.take()?.write_all(stdin);
    let output = child.wait_with_output().ok()?;
    Some((output.status.success(), output.stdout))
}

/// Names near the border: any text is refused for its first odd character.
fn names() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        4 => "[a-zé]{1,3}",
        1 => Just("HEAD".to_owned()),
        1 => Just(".lock".to_owned()),
        2 => "[-./@{}~^: ?*\\[\\]\\\\\u{7f}\t!]",
        2 => Just("/".to_owned()),
    ];
    proptest::collection::vec(pieces, 1..5).prop_map(|pieces| pieces.concat())
}

fn messages() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"\n", b"\r\n", b" ", b"\t", b"\x0b", b"\x0c", b"#", b"text", b"\xff",
    ];
    let pieces = proptest::sample::select(pieces);
    proptest::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn branch_names(name in names()) {
        if let Some((allowed, _)) = git(&["check-ref-format", "--branch", &name], b"") {
            // git takes '@' here for the branch that HEAD is on, and so do people.
            let allowed = allowed && name != "@";
            prop_assert_eq!(branch::fault(&name).is_none(), allowed, "{:?}", name);
        }
    }

    #[test]
    fn cleaned_messages(message in messages()) {
        for (arguments, edited) in [(&["stripspace"][..], false), (&["stripspace", "-s"], true)] {
            let how = Cleaning {
                mode: Cleanup::Strip,
                comment: "#".to_owned(),
                edited,
            };
            if let Some((true, expected)) = git(arguments, &message) {
                prop_assert_eq!(clean(&message, &how), expected);
            }
        }
    }

    #[test]
    fn trailers(
        lines in proptest::collection::vec(
            "(Incident|incident|Severity|a b|Signed-off-by: a|[(]cherry picked from commit 1|)\
             ( ?: ?[a-z]{0,2}|:|)|[ \t][a-z]?|",
            0..8,
        ),
    ) {
        let message = format!("fix: x\n{}\n", lines.join("\n"));
        let arguments = ["interpret-trailers", "--parse", "--no-divider"];
        if let Some((true, parsed)) = git(&arguments, message.as_bytes()) {
            let parsed = String::from_utf8_lossy(&parsed).into_owned();
            let found = parsed.lines().any(|line| {
                let trailer = line.split_once(':');
                trailer.is_some_and(|(name, value)| {
                    name.trim().eq_ignore_ascii_case("incident") && !value.trim().is_empty()
                })
            });
            let format = Format {
                trailers: vec!["Incident".to_owned()],
                ..Format::default()
            };
            let missing = !format.missing_trailers(message.as_bytes()).is_empty();
            prop_assert_eq!(missing, !found, "{:?} {}", message, parsed);
        }
    }
}
