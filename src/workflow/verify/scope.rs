//! Which commits are meant, and what cannot be known of them.

use super::judge::{Stretch, Whose};
use super::records::Records;
use super::{Options, Scope, detected};
use crate::git::{Head, Oid, Span};
use crate::policy::ci;
use crate::policy::gate::{Deed, is_published};
use crate::policy::receive;
use crate::policy::version;
use crate::workflow::shell::word;
use crate::workflow::{Code, Context, Error, Result, production, store};

/// Commits from one to another, with their names.
#[derive(Debug, Clone)]
pub(super) struct Range {
    /// As it was given, or would be.
    pub(super) words: String,
    /// What it starts from; nothing when the head itself has no history before.
    pub(super) base: Option<Oid>,
    /// The last one.
    pub(super) head: Oid,
    /// Where the commits come from, a branch without `refs/heads/`.
    pub(super) source: Option<String>,
    /// Where they go, a branch without `refs/heads/`; nothing when it is not known.
    pub(super) target: Option<String>,
}

/// The ranges that are meant.
///
/// # Errors
/// When a revision is not here, or the range cannot be known.
pub(super) fn ranges(ctx: &Context<'_>, options: &Options) -> Result<Vec<Range>> {
    let target = options
        .target
        .as_deref()
        .map(|name| short_name(name).to_owned());
    let named = |source: Option<String>| {
        let given = options
            .branch
            .as_deref()
            .map(|name| short_name(name).to_owned());
        given.or(source)
    };
    let one = |range: Range| {
        vec![Range {
            source: named(range.source),
            target: target.clone().or(range.target),
            ..range
        }]
    };
    match &options.scope {
        Scope::Range(words) => parsed(ctx, words).map(one),
        Scope::Between { base, head } => {
            between(ctx, base, head.as_deref().unwrap_or("HEAD")).map(one)
        }
        Scope::Detected(run) => detected::range(ctx, run).map(one),
        Scope::Unpublished => unpublished(ctx, "HEAD").map(one),
        Scope::PushLines(stdin) => pushed(ctx, stdin),
    }
}

/// `a..b`, `a...b`, and one revision alone: what it has and production has not.
fn parsed(ctx: &Context<'_>, words: &str) -> Result<Range> {
    let or_head = |name: &str| if name.is_empty() { "HEAD" } else { name }.to_owned();
    if let Some((a, b)) = words.split_once("...") {
        let (a, b) = (or_head(a), or_head(b));
        let (from, to) = (revision(ctx, &a)?, revision(ctx, &b)?);
        let base = common(ctx, &from, &to)?;
        return Ok(Range {
            words: words.to_owned(),
            base: Some(base),
            head: to,
            source: branch_of(ctx, &b)?,
            target: None,
        });
    }
    match words.split_once("..") {
        Some((a, b)) => between(ctx, &or_head(a), &or_head(b)),
        None => unpublished(ctx, words),
    }
}

fn between(ctx: &Context<'_>, base: &str, head: &str) -> Result<Range> {
    let to = revision(ctx, head)?;
    let from = if is_zero(base) {
        before(ctx, &to)?
    } else {
        Some(revision(ctx, base)?)
    };
    Ok(Range {
        words: format!("{base}..{head}"),
        base: from,
        head: to,
        source: branch_of(ctx, head)?,
        target: None,
    })
}

fn unpublished(ctx: &Context<'_>, head: &str) -> Result<Range> {
    let to = revision(ctx, head)?;
    let production = production::find(ctx)?;
    let (tip, name) = production::tip(ctx, &production)?;
    let base = common(ctx, &tip, &to)?;
    Ok(Range {
        words: format!("{name}..{head}"),
        base: Some(base),
        head: to,
        source: branch_of(ctx, head)?,
        target: None,
    })
}

/// What a new branch starts from: where it leaves the default branch.
fn before(ctx: &Context<'_>, head: &Oid) -> Result<Option<Oid>> {
    let Some(production) = production::find_any(ctx)? else {
        return Ok(None);
    };
    match production::tip(ctx, &production) {
        Ok((tip, _)) => common(ctx, &tip, head).map(Some),
        Err(_) => Err(unknowable(
            ctx,
            format!(
                "{} is not here, so nobody knows where the branch begins",
                production.branch
            ),
            Some(&production.branch),
        )),
    }
}

/// What hooks read on standard input: `old new ref` of a server's, or pre-push's four fields.
fn pushed(ctx: &Context<'_>, stdin: &[u8]) -> Result<Vec<Range>> {
    let lines = receive::parse_any(stdin).map_err(|error| Error::failed(error.to_string()))?;
    let mut ranges = Vec::new();
    for line in lines {
        let Some(new) = &line.local_id else { continue };
        let is_tag = line.remote.strip_prefix("refs/tags/");
        let branch = line.remote.strip_prefix("refs/heads/");
        if branch.is_none() && !is_tag.is_some_and(version::is_release) {
            continue;
        }
        let head = revision(ctx, new)?;
        let base = match (&line.remote_id, branch) {
            (Some(old), Some(_)) => Some(revision(ctx, old)?),
            _ => before(ctx, &head)?,
        };
        ranges.push(Range {
            words: line.remote.clone(),
            base,
            head,
            source: branch.map(str::to_owned),
            target: branch.map(str::to_owned),
        });
    }
    Ok(ranges)
}

impl Range {
    /// What is judged of it, by the policy of `ctx`.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub(super) fn stretch(
        &self,
        ctx: &Context<'_>,
        records: &Records,
        all: bool,
    ) -> Result<Stretch> {
        let prefix = &ctx.settings.prefix;
        let is_hotfix = |name: &&String| name.starts_with(prefix) && name.len() > prefix.len();
        let whose = match self.source.as_ref().filter(is_hotfix) {
            Some(branch) => Whose::Branch(branch.clone()),
            None => Whose::Anybody,
        };
        Ok(Stretch {
            span: Span {
                include: vec![self.head.clone()],
                exclude: self.exclude(ctx, &whose)?,
                ..Span::default()
            },
            deed: self.deed(ctx, records, &whose)?,
            whose,
            all,
        })
    }

    /// What is done with the commits. A branch that was published, and went nowhere but to itself, is
    /// what its record says: a server takes it too.
    fn deed(&self, ctx: &Context<'_>, records: &Records, whose: &Whose) -> Result<Deed> {
        let production = production::find_any(ctx)?.map(|found| found.branch);
        match (&self.target, &production) {
            (Some(target), Some(production)) if target != production => {}
            _ => return Ok(Deed::Land),
        }
        if let Whose::Branch(branch) = whose
            && self.target.as_ref() == Some(branch)
            && let Some(known) = records.of_branch(ctx, branch)?
            && is_published(&known.record, self.head.short())
        {
            return Ok(Deed::Publish);
        }
        Ok(Deed::PushBranch)
    }

    /// A hotfix branch that took in production since the base was seen has not to answer for what
    /// came along.
    fn exclude(&self, ctx: &Context<'_>, whose: &Whose) -> Result<Vec<Oid>> {
        let mut exclude: Vec<Oid> = self.base.iter().cloned().collect();
        if let (Whose::Branch(_), Some(base)) = (whose, &self.base) {
            common(ctx, base, &self.head)?;
        }
        if let (Whose::Branch(_), Some((tip, _))) = (whose, production::known_tip(ctx))
            && let Some(taken_in) = ctx.repo.merge_base(&tip, &self.head)?
            && taken_in != self.head
            && !exclude.contains(&taken_in)
        {
            exclude.push(taken_in);
        }
        Ok(exclude)
    }
}

/// The commit a revision names, tags peeled.
pub(super) fn revision(ctx: &Context<'_>, name: &str) -> Result<Oid> {
    match ctx.repo.commit_of(name)? {
        Some(commit) => Ok(commit),
        None => Err(unknowable(
            ctx,
            format!("{name} is not in this clone"),
            Some(name),
        )),
    }
}

pub(super) fn common(ctx: &Context<'_>, a: &Oid, b: &Oid) -> Result<Oid> {
    ctx.repo.merge_base(a, b)?.ok_or_else(|| {
        let message = format!(
            "{} and {} have no commit in common here",
            a.short(),
            b.short()
        );
        unknowable(ctx, message, None)
    })
}

/// The branch a revision is spelled as, a remote's name taken off.
fn branch_of(ctx: &Context<'_>, name: &str) -> Result<Option<String>> {
    if name == "HEAD" || name == "@" {
        return Ok(match ctx.repo.head()? {
            Head::Branch { name, .. } | Head::Unborn { name } => Some(name),
            Head::Detached { .. } => None,
        });
    }
    let short = short_name(name);
    if ctx.repo.find_ref(&format!("refs/heads/{short}"))?.is_some() {
        return Ok(Some(short.to_owned()));
    }
    let remotes = ctx.repo.remotes()?;
    let short = short.strip_prefix("refs/remotes/").unwrap_or(short);
    let of_remote = remotes.iter().find_map(|remote| {
        let branch = short.strip_prefix(remote.as_str())?.strip_prefix('/')?;
        Some((production::tracking(remote, branch), branch))
    });
    match of_remote {
        Some((tracking, branch)) if ctx.repo.find_ref(&tracking)?.is_some() => {
            Ok(Some(branch.to_owned()))
        }
        _ => Ok(None),
    }
}

fn short_name(name: &str) -> &str {
    name.strip_prefix("refs/heads/").unwrap_or(name)
}

/// Zeros only: how git and every CI system say that there was nothing before.
fn is_zero(name: &str) -> bool {
    name.len() >= 7 && name.bytes().all(|byte| byte == b'0')
}

/// Commits that cannot be judged are not let through: why, and the lines that mend it. `missing` is
/// the revision that is not here.
pub(super) fn unknowable(ctx: &Context<'_>, message: String, missing: Option<&str>) -> Error {
    let mut error =
        Error::failed(message).untouched("Nothing was judged, so nothing is let through.");
    if missing.is_some() {
        error = error.code(Code::NoSuchRevision);
    }
    mending(ctx, missing).into_iter().fold(error, Error::next)
}

/// The lines that make a clone whole enough: in CI the one for the system's own file.
fn mending(ctx: &Context<'_>, missing: Option<&str>) -> Vec<String> {
    let remote = remote(ctx);
    let is_cut = ctx.repo.shallow_ends().is_ok_and(|ends| !ends.is_empty());
    let system = ci::system(&|name| ctx.env.var(name));
    match (system, missing) {
        (Some(system), _) if is_cut => vec![system.remedy().to_owned()],
        (None, _) if is_cut => vec![format!("git fetch --unshallow {remote}")],
        (_, Some(missing)) => vec![format!("git fetch {remote} {}", word(missing))],
        (_, None) => Vec::new(),
    }
}

/// The line that brings the records into a clone that was made without them.
pub(super) fn fetch_records(ctx: &Context<'_>) -> String {
    let all = format!("{0}*:{0}*", store::PREFIX);
    format!("git fetch {} '{all}'", remote(ctx))
}

fn remote(ctx: &Context<'_>) -> String {
    let named = production::remote(ctx).ok().flatten();
    named.unwrap_or_else(|| "origin".to_owned())
}
