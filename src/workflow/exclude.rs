//! The record's line in `info/exclude`, while the incident is open.
//!
//! It keeps `git status` clean, a half-written record out of `git add -A`, and the file from
//! `git clean`. The line is the path itself: a comment cannot stand behind a pattern.

use super::{Context, Result};
use crate::files;
use std::path::{Path, PathBuf};

const LIMIT: u64 = 1024 * 1024;

/// Adds the line for a path below the work tree; a second time changes nothing.
pub(super) fn add(ctx: &Context<'_>, path: &str) -> Result<()> {
    let (root, file) = place(ctx);
    let text = files::read_text(root, &file, LIMIT)?.unwrap_or_default();
    let line = pattern(path);
    if text.lines().any(|have| have.trim_end() == line) {
        return Ok(());
    }
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    Ok(files::append(root, &file, &format!("{gap}{line}\n"))?)
}

/// Whether the line for a path is there.
pub(super) fn has(ctx: &Context<'_>, path: &str) -> Result<bool> {
    let (root, file) = place(ctx);
    let text = files::read_text(root, &file, LIMIT)?.unwrap_or_default();
    let line = pattern(path);
    Ok(text.lines().any(|have| have.trim_end() == line))
}

/// Takes the line out again.
pub(super) fn remove(ctx: &Context<'_>, path: &str) -> Result<()> {
    let (root, file) = place(ctx);
    let text = files::read_text(root, &file, LIMIT)?.unwrap_or_default();
    let line = pattern(path);
    let kept: String = text
        .split_inclusive('\n')
        .filter(|have| have.trim_end() != line)
        .collect();
    if kept != text {
        files::write_atomic(root, &file, kept.as_bytes())?;
    }
    Ok(())
}

fn place<'a>(ctx: &'a Context<'_>) -> (&'a Path, PathBuf) {
    let root = ctx.repo.common_dir();
    (root, root.join("info").join("exclude"))
}

/// The gitignore pattern that means exactly this path.
fn pattern(path: &str) -> String {
    let mut pattern = String::from("/");
    for c in path.chars() {
        if matches!(c, '*' | '?' | '[' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_pattern_means_the_path_and_nothing_else() {
        assert_eq!(pattern(".claude/a[1]*.md"), r"/.claude/a\[1]\*.md");
    }
}
