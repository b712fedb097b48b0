//! What a push updates, and whether that concerns an incident.

use super::version;

/// One line on pre-push's standard input, githooks(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedRef {
    /// What the person named; `(delete)` for a deletion.
    pub local: String,
    /// The commit pushed; nothing for a deletion.
    pub local_id: Option<String>,
    /// The remote's ref, full name.
    pub remote: String,
    /// What the remote has; nothing when the ref is new.
    pub remote_id: Option<String>,
}

/// A line that is not one of pre-push.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the push is not 'local id remote id': {text}")]
pub struct PushLineError {
    /// 1-based.
    pub line: usize,
    /// As it stands.
    pub text: String,
}

/// Reads all lines; names may hold spaces, so each is read from the right.
///
/// # Errors
/// At the first line that has another form.
pub fn parse(stdin: &[u8]) -> Result<Vec<PushedRef>, PushLineError> {
    read_lines(stdin, line)
}

/// Every line that is not empty, read one way.
pub(super) fn read_lines(
    stdin: &[u8],
    read: impl Fn(&str) -> Option<PushedRef>,
) -> Result<Vec<PushedRef>, PushLineError> {
    let text = String::from_utf8_lossy(stdin);
    let mut pushed = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.is_empty() {
            continue;
        }
        let read = read(line).ok_or_else(|| PushLineError {
            line: at + 1,
            text: line.to_owned(),
        })?;
        pushed.push(read);
    }
    Ok(pushed)
}

/// One line of pre-push.
pub(super) fn line(line: &str) -> Option<PushedRef> {
    let mut fields = line.rsplitn(4, ' ');
    let remote_id = object_id(fields.next()?)?;
    let remote = fields.next().filter(|name| !name.is_empty())?;
    let local_id = object_id(fields.next()?)?;
    let local = fields.next().filter(|name| !name.is_empty())?;
    Some(PushedRef {
        local: local.to_owned(),
        local_id,
        remote: remote.to_owned(),
        remote_id,
    })
}

/// An id of either hash; all zeros, however many, are the id of nothing. The outer option is
/// whether it is an id at all.
pub(super) fn object_id(text: &str) -> Option<Option<String>> {
    let whole = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let zero = !text.is_empty() && text.bytes().all(|b| b == b'0');
    match (zero, whole) {
        (true, _) => Some(None),
        (false, true) => Some(Some(text.to_owned())),
        (false, false) => None,
    }
}

/// Whether these arguments, `git` among them, are those of a `git push --dry-run`.
pub fn is_dry_run(arguments: &[String]) -> bool {
    let mut rest = arguments
        .iter()
        .skip_while(|argument| *argument != "push")
        .skip(1);
    let mut dry = false;
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--" => break,
            "--no-dry-run" => dry = false,
            name if VALUED.contains(&name) => drop(rest.next()),
            // Any beginning that no other option has.
            name if name.starts_with("--dr") => dry |= "--dry-run".starts_with(name),
            name if name.starts_with('-') && !name.starts_with("--") => {
                // Behind `-o` comes its value, in the same word or the next one.
                let (flags, value) = name.split_once('o').unwrap_or((name, "-"));
                dry |= flags.contains('n');
                if value.is_empty() {
                    rest.next();
                }
            }
            _ => {}
        }
    }
    dry
}

/// The reason that `git push -o hotfix-override=…` gives, the last one of several.
pub fn override_option(arguments: &[String]) -> Option<String> {
    let mut rest = arguments
        .iter()
        .skip_while(|argument| *argument != "push")
        .skip(1);
    let mut reason = None;
    while let Some(argument) = rest.next() {
        let option = match argument.as_str() {
            "--" => break,
            "-o" | "--push-option" => rest.next().map(String::as_str),
            name if VALUED.contains(&name) => {
                rest.next();
                None
            }
            name => name
                .strip_prefix("--push-option=")
                .or_else(|| name.strip_prefix("-o")),
        };
        let given = option.and_then(|option| option.strip_prefix(OVERRIDE_OPTION));
        reason = given.map(str::to_owned).or(reason);
    }
    reason
}

/// The push option that goes past a server's gate; behind it stands the reason.
pub const OVERRIDE_OPTION: &str = "hotfix-override=";

/// Options of `git push` whose value may be the next word.
const VALUED: [&str; 5] = [
    "--push-option",
    "--repo",
    "--receive-pack",
    "--exec",
    "--recurse-submodules",
];

/// What is known of the repository when a push is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushContext<'a> {
    /// The prefix of hotfix branches, `hotfix/`.
    pub prefix: &'a str,
    /// The production branch without `refs/heads/`.
    pub production: Option<&'a str>,
    /// HEAD's branch without `refs/heads/`.
    pub head: Option<&'a str>,
    /// The commit HEAD is at.
    pub head_id: Option<&'a str>,
    /// `git push --mirror`: only branches are judged.
    pub mirror: bool,
}

/// Why a pushed ref concerns us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concern {
    /// Not at all.
    None,
    /// It is a hotfix branch (its name without `refs/heads/`), or goes to another ref from one.
    Hotfix {
        /// The hotfix branch.
        branch: String,
        /// It goes to the branch of its own name, or another hotfix branch: the fix is shared, not
        /// deployed.
        shared: bool,
    },
    /// The production branch: concerns us when it carries commits of an open incident.
    Production,
    /// A release tag: concerns us when it carries commits of an open incident.
    Tag,
}

/// Whether a pushed ref concerns us.
///
/// The remote's ref decides first: records, other tags and deletions never concern us, a hotfix
/// branch always does. Then what is pushed: a hotfix branch on its way elsewhere, named or by way
/// of HEAD. A branch that is named and is no hotfix branch does not concern us, even while HEAD is
/// on one.
///
/// A push to a review ref (Gerrit's `refs/for/main`) shares the fix and deploys nothing, so it
/// weighs as a push of the branch itself: blocked under `landing = "merge"`, warned of under
/// `pull-request`.
pub fn concern(pushed: &PushedRef, context: &PushContext<'_>) -> Concern {
    if pushed.local_id.is_none() || is_record(&pushed.remote) {
        return Concern::None;
    }
    let remote_branch = pushed.remote.strip_prefix(BRANCHES);
    if context.mirror && remote_branch.is_none() {
        return Concern::None;
    }
    if let Some(tag) = pushed.remote.strip_prefix("refs/tags/") {
        return if version::is_release(tag) {
            Concern::Tag
        } else {
            Concern::None
        };
    }
    let source = source_branch(pushed, context).filter(|name| is_hotfix(name, context));
    let to_hotfix = remote_branch.filter(|name| is_hotfix(name, context));
    match (source.or(to_hotfix), remote_branch) {
        (Some(branch), _) => Concern::Hotfix {
            branch: branch.to_owned(),
            shared: to_hotfix.is_some() || is_review(&pushed.remote),
        },
        (None, Some(name)) if context.production == Some(name) => Concern::Production,
        (None, _) => Concern::None,
    }
}

const BRANCHES: &str = "refs/heads/";

/// Records, at both places where a forge may hold them.
fn is_record(remote: &str) -> bool {
    remote.starts_with("refs/hotfix/") || remote.starts_with("refs/heads/hotfix-log/")
}

/// Where Gerrit, and the forges that took it over, open a review instead of moving a branch.
fn is_review(remote: &str) -> bool {
    [
        "refs/for/",
        "refs/drafts/",
        "refs/changes/",
        "refs/for-review/",
    ]
    .iter()
    .any(|place| remote.starts_with(place))
}

fn is_hotfix(branch: &str, context: &PushContext<'_>) -> bool {
    branch
        .strip_prefix(context.prefix)
        .is_some_and(|slug| !slug.is_empty())
}

/// The branch a push comes from. git hands on full names where there is one, else what the person
/// typed: `hotfix/a~1`, `HEAD^{/a b}`, an id. An id says nothing of a branch unless it is HEAD's own:
/// a landing pushes the merges it computed while HEAD is still on the hotfix branch.
fn source_branch<'a>(pushed: &'a PushedRef, context: &PushContext<'a>) -> Option<&'a str> {
    let local = pushed.local.as_str();
    if let Some(branch) = local.strip_prefix(BRANCHES) {
        return Some(branch);
    }
    if local.starts_with("refs/") {
        return None;
    }
    let name = local.split(['~', '^', ':']).next().unwrap_or(local);
    let name = name.split("@{").next().unwrap_or(name);
    let is_id = name.len() >= 4 && name.bytes().all(|b| b.is_ascii_hexdigit());
    match name {
        "HEAD" | "@" => context.head,
        _ if is_id => context
            .head
            .filter(|_| pushed.local_id.as_deref() == context.head_id),
        _ => Some(name),
    }
}

#[cfg(test)]
mod tests;
