//! Which incidents are open, remembered between commands.
//!
//! Reading every record to find the open one takes longer the more incidents a team has had. The ids
//! are noted in `hotfix/open` beside the stamp of the refs they were read from; any other stamp and
//! the note is worth nothing. It may be deleted at any time.

use super::{Context, Result, store};
use crate::files;
use crate::git::RefsStamp;
use std::path::PathBuf;
use std::time::Duration;

const LIMIT: u64 = 1024 * 1024;

/// A file system's clock may tick this slowly: a change right after the note would keep its stamp.
const TICK: Duration = Duration::from_secs(2);

/// The ids of the open incidents, oldest first; a record that cannot be read is warned of.
///
/// # Errors
/// When the refs cannot be read.
pub(super) fn ids(ctx: &Context<'_>) -> Result<Vec<String>> {
    let stamp = ctx.repo.refs_stamp(store::PREFIX);
    if let Some(noted) = stamp.as_ref().and_then(|stamp| noted(ctx, stamp)) {
        return Ok(noted);
    }
    let mut open = Vec::new();
    let mut all_read = true;
    for (id, tip) in store::ids(ctx)? {
        match store::readable(ctx, &id, tip) {
            Some(stored) if stored.record.is_open() => open.push(id),
            Some(_) => {}
            None => all_read = false,
        }
    }
    // Without a note the next command warns again.
    if let Some(stamp) = stamp.filter(|_| all_read && !ctx.only_reads) {
        note(ctx, &stamp, &open);
    }
    Ok(open)
}

fn noted(ctx: &Context<'_>, stamp: &RefsStamp) -> Option<Vec<String>> {
    let path = path(ctx);
    let text = files::read_text(ctx.repo.common_dir(), &path, LIMIT).ok()??;
    let settled = files::modified(&path).is_some_and(|noted| noted > stamp.latest + TICK);
    let mut lines = text.lines();
    (settled && lines.next() == Some(&stamp.text)).then(|| lines.map(str::to_owned).collect())
}

/// It only saves time: where it cannot be written the next command reads everything again.
fn note(ctx: &Context<'_>, stamp: &RefsStamp, open: &[String]) {
    let text = format!(
        "{}\n{}",
        stamp.text,
        open.iter().map(|id| format!("{id}\n")).collect::<String>()
    );
    let _ = files::write_note(ctx.repo.common_dir(), &path(ctx), text.as_bytes());
}

fn path(ctx: &Context<'_>) -> PathBuf {
    ctx.repo.common_dir().join("hotfix").join("open")
}
