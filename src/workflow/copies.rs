//! A record as a remote had it when it was fetched, and what it adds to ours.

use super::shell::word;
use super::store::{self, Stored};
use super::{Code, Context, Error, Result};
use crate::git::Oid;
use crate::record::{self, Record};

/// Where copies lie: `refs/hotfix/remotes/<remote>/<id>`. Nothing is ever fetched onto our own refs.
pub const PREFIX: &str = "refs/hotfix/remotes/";

/// The copy of a record that a remote has.
pub fn ref_name(remote: &str, id: &str) -> String {
    format!("{PREFIX}{remote}/{id}")
}

/// The command that fetches what a remote has of a record on one of its refs; the next change of the
/// record merges it.
pub fn fetch_command(remote: &str, there: &str, id: &str) -> String {
    let refspec = format!("{there}:{}", ref_name(remote, id));
    format!("git fetch {} {}", word(remote), word(&refspec))
}

/// What a copy makes of our version.
pub(super) struct Brought {
    /// The text that holds both.
    pub(super) text: String,
    /// The copy has all of ours: it is the next version itself.
    pub(super) ahead: bool,
}

/// The copies of a record.
///
/// # Errors
/// When the refs cannot be read.
pub(super) fn of(ctx: &Context<'_>, id: &str) -> Result<Vec<(String, Oid)>> {
    let mut refs = ctx.repo.list_refs(PREFIX)?;
    refs.retain(|(name, _)| name.rsplit('/').next() == Some(id));
    Ok(refs)
}

/// What a copy adds to our version, if anything. One that cannot be read, or that has never been the
/// same record, is only warned of.
pub(super) fn brought(ctx: &Context<'_>, ours: &Stored, copy: &(String, Oid)) -> Option<Brought> {
    let (name, theirs) = copy;
    match merged(ctx, ours, theirs) {
        Ok(brought) => brought,
        Err(error) => {
            ctx.warn(format!("{name} is not taken in: {}", error.message()));
            None
        }
    }
}

fn merged(ctx: &Context<'_>, ours: &Stored, theirs: &Oid) -> Result<Option<Brought>> {
    if ctx.repo.contains(&ours.tip, theirs)? {
        return Ok(None);
    }
    let id = &ours.id;
    let there = store::saved_at(ctx, id, theirs.clone())?;
    if ctx.repo.contains(theirs, &ours.tip)? {
        let text = there.record.text().to_owned();
        return Ok(Some(Brought { text, ahead: true }));
    }
    let Some(base) = ctx.repo.merge_base(&ours.tip, theirs)? else {
        return Err(Error::failed("it is another record of the same name").code(Code::Conflict));
    };
    let base = store::saved_at(ctx, id, base)?;
    let merged = record::merge(base.record.text(), ours.record.text(), there.record.text());
    if merged.conflicts > marked(&ours.record) {
        ctx.warn(format!(
            "{id} was changed here and elsewhere: both versions are marked in the record"
        ));
    }
    Ok(Some(Brought {
        text: merged.text,
        ahead: false,
    }))
}

/// Conflicts that stood in a record before.
fn marked(record: &Record) -> usize {
    let lines = record.text().lines();
    lines.filter(|line| line.starts_with("<<<<<<<")).count()
}

#[cfg(test)]
mod tests {
    use super::fetch_command;

    #[test]
    fn what_another_one_named_runs_nothing_when_it_is_pasted() {
        assert_eq!(
            fetch_command("origin", "refs/hotfix/incidents/a", "a"),
            "git fetch origin refs/hotfix/incidents/a:refs/hotfix/remotes/origin/a"
        );
        assert_eq!(
            fetch_command("o;x", "refs/hotfix/incidents/$(x)", "$(x)"),
            "git fetch \"o;x\" 'refs/hotfix/incidents/$(x):refs/hotfix/remotes/o;x/$(x)'"
        );
    }
}
