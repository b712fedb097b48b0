//! What a server is handed by a push, and what of it concerns an incident, githooks(5).

use super::branch;
use super::push::{self, OVERRIDE_OPTION, PushLineError, PushedRef};
use super::version;

/// Reads the lines of pre-receive and post-receive, `old new ref`; there is no local name in them.
///
/// # Errors
/// At the first line that has another form.
pub fn parse(stdin: &[u8]) -> Result<Vec<PushedRef>, PushLineError> {
    push::read_lines(stdin, line)
}

/// As [`parse`], also for pre-push's lines of four fields.
///
/// # Errors
/// At the first line that has another form.
pub fn parse_any(stdin: &[u8]) -> Result<Vec<PushedRef>, PushLineError> {
    push::read_lines(stdin, |text| line(text).or_else(|| push::line(text)))
}

fn line(text: &str) -> Option<PushedRef> {
    let mut fields = text.splitn(3, ' ');
    let remote_id = push::object_id(fields.next()?)?;
    let local_id = push::object_id(fields.next()?)?;
    let remote = fields.next().filter(|name| name.starts_with("refs/"))?;
    Some(PushedRef {
        local: String::new(),
        local_id,
        remote: remote.to_owned(),
        remote_id,
    })
}

/// Why a ref that is pushed to a server concerns us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concern {
    /// Not at all: other branches, other tags, deletions.
    None,
    /// It is the record of this incident.
    Record(String),
    /// It is this hotfix branch.
    Hotfix(String),
    /// The production branch.
    Production,
    /// A release tag.
    Tag,
}

/// Whether a ref that is pushed to a server concerns us. A deletion does only for a record.
pub fn concern(pushed: &PushedRef, prefix: &str, production: Option<&str>) -> Concern {
    let name = pushed.remote.as_str();
    let records = ["refs/hotfix/incidents/", "refs/heads/hotfix-log/"];
    if let Some(id) = records.iter().find_map(|place| name.strip_prefix(place)) {
        let is_id = !id.contains('/') && branch::fault(id).is_none();
        return if is_id {
            Concern::Record(id.to_owned())
        } else {
            Concern::None
        };
    }
    if pushed.local_id.is_none() {
        return Concern::None;
    }
    if let Some(tag) = name.strip_prefix("refs/tags/") {
        return if version::is_release(tag) {
            Concern::Tag
        } else {
            Concern::None
        };
    }
    let Some(branch) = name.strip_prefix("refs/heads/") else {
        return Concern::None;
    };
    match branch.strip_prefix(prefix) {
        Some(slug) if !slug.is_empty() => Concern::Hotfix(branch.to_owned()),
        _ if production == Some(branch) => Concern::Production,
        _ => Concern::None,
    }
}

/// The push options that git hands a server's hooks: `GIT_PUSH_OPTION_COUNT` of them.
pub fn push_options<'a>(var: impl Fn(&str) -> Option<&'a str>) -> Vec<&'a str> {
    let count = var("GIT_PUSH_OPTION_COUNT").and_then(|count| count.parse().ok());
    // Options are lines of a push; nobody types thousands.
    let count: usize = count.unwrap_or(0);
    (0..count.min(1000))
        .filter_map(|at| var(&format!("GIT_PUSH_OPTION_{at}")))
        .collect()
}

/// The reason to go past the gate, the last one of several.
pub fn override_reason<'a>(options: &[&'a str]) -> Option<&'a str> {
    let mut reasons = options.iter().rev();
    reasons.find_map(|option| option.strip_prefix(OVERRIDE_OPTION))
}

/// Who pushes, as the forge tells a hook; the login name of the server's process comes last.
pub fn pusher<'a>(var: impl Fn(&str) -> Option<&'a str>) -> Option<&'a str> {
    PUSHERS.iter().find_map(|name| var(name))
}

/// GitLab, GitHub Enterprise, Gitea and Forgejo, Gitolite, a web server, ssh to an account of one's own.
const PUSHERS: [&str; 9] = [
    "GL_USERNAME",
    "GITHUB_USER_LOGIN",
    "GITHUB_ACTOR",
    "GITEA_PUSHER_NAME",
    "GIT_PUSHER",
    "GL_USER",
    "REMOTE_USER",
    "LOGNAME",
    "USER",
];

/// Stands in every refusal of a server, so that our own commands know that it wants the record.
pub const ASKS_FOR_THE_RECORD: &str = "by the records known on the server";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "1a2b3c4d5e1a2b3c4d5e1a2b3c4d5e1a2b3c4d5e";
    const NONE: &str = "0000000000000000000000000000000000000000";

    fn one(text: &str) -> PushedRef {
        parse(text.as_bytes()).unwrap().remove(0)
    }

    #[test]
    fn a_line_is_old_new_ref() {
        let line = one(&format!("{NONE} {ID} refs/heads/hotfix/a\n"));
        assert_eq!((line.remote_id, line.local_id.as_deref()), (None, Some(ID)));
        assert_eq!(line.remote, "refs/heads/hotfix/a");
        let sha256 = format!("{} {} refs/heads/a b", "a".repeat(64), "0".repeat(64));
        assert_eq!(one(&sha256).local_id, None);
        for wrong in [
            "x",
            "a b refs/heads/c",
            &format!("{ID} {ID}"),
            &format!("{ID} {ID} main"),
        ] {
            assert!(parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let client = format!("HEAD^{{/a b}} {ID} refs/heads/main {NONE}\n");
        assert!(parse(client.as_bytes()).is_err());
        assert_eq!(
            parse_any(client.as_bytes()).unwrap()[0].local,
            "HEAD^{/a b}"
        );
    }

    #[test]
    fn what_concerns_us_is_known_by_the_ref_alone() {
        let of = |new: &str, name: &str| {
            concern(&one(&format!("{ID} {new} {name}")), "hotfix/", Some("main"))
        };
        assert_eq!(
            of(ID, "refs/heads/hotfix/a"),
            Concern::Hotfix("hotfix/a".to_owned())
        );
        assert_eq!(of(ID, "refs/heads/main"), Concern::Production);
        assert_eq!(of(ID, "refs/tags/v1.2.3"), Concern::Tag);
        let record = Concern::Record("2026-11-22-a".to_owned());
        assert_eq!(of(ID, "refs/hotfix/incidents/2026-11-22-a"), record);
        assert_eq!(of(NONE, "refs/hotfix/incidents/2026-11-22-a"), record);
        assert_eq!(of(ID, "refs/heads/hotfix-log/2026-11-22-a"), record);
        for (new, name) in [
            (ID, "refs/heads/topic"),
            (ID, "refs/tags/nightly"),
            (ID, "refs/heads/hotfix/"),
            (ID, "refs/hotfix/remotes/origin/x"),
            (ID, "refs/changes/01/1"),
            (NONE, "refs/heads/hotfix/a"),
            (NONE, "refs/heads/main"),
            (NONE, "refs/tags/v1.2.3"),
        ] {
            assert_eq!(of(new, name), Concern::None, "{name}");
        }
    }

    #[test]
    fn the_last_override_counts_and_other_options_are_others() {
        let options = ["ci.skip", "hotfix-override=a", "hotfix-override=b c"];
        assert_eq!(override_reason(&options), Some("b c"));
        assert_eq!(override_reason(&["hotfix-overrides=a"]), None);
        let var = |name: &str| match name {
            "GIT_PUSH_OPTION_COUNT" => Some("2"),
            "GIT_PUSH_OPTION_0" => Some("x"),
            "GIT_PUSH_OPTION_1" => Some("y"),
            _ => None,
        };
        assert_eq!(push_options(var), ["x", "y"]);
        assert_eq!(
            push_options(|_| Some("999999999999999999999")),
            Vec::<&str>::new()
        );
    }

    proptest! {
        #[test]
        fn nothing_a_client_sends_is_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
            let _ = parse_any(&bytes);
        }

        #[test]
        fn every_name_concerns_us_in_one_way(name in "refs/[ -~]{0,40}", gone in any::<bool>()) {
            let id = if gone { NONE } else { ID };
            for line in parse(format!("{ID} {id} {name}").as_bytes()).unwrap_or_default() {
                let concern = concern(&line, "hotfix/", Some("main"));
                let is_record = matches!(concern, Concern::Record(_));
                prop_assert!(!gone || is_record || concern == Concern::None);
            }
        }
    }
}
