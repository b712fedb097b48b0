//! `config --ruleset`: the format for a forge's own rules, and where it goes there.

use crate::cli::CommandResult;
use crate::cli::ui::{Page, Ui};
use crate::workflow::Context;
use serde::Serialize;

/// GitLab takes no longer expressions in push rules.
const GITLAB_MOST: usize = 511;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Ruleset {
    /// Header and blank line before a body.
    pattern: String,
    /// All that a message must match, `pattern` first: length of the first line, each trailer.
    patterns: Vec<String>,
    /// The hotfix branches, as fnmatch(3) with `**`.
    branches: String,
}

pub(super) fn say(ui: &Ui, ctx: &Context<'_>) -> CommandResult {
    let format = &ctx.settings.format;
    let ruleset = Ruleset {
        pattern: format.pattern(),
        patterns: format.patterns(),
        branches: branches(&ctx.settings.prefix),
    };
    ui.say(&ruleset, ctx.take_warnings(), |page| {
        ruleset.patterns.iter().for_each(|one| page.line(one));
        hints(page, &ruleset);
    });
    Ok(0)
}

/// In a ruleset `*` goes no further than the next `/`.
fn branches(prefix: &str) -> String {
    match prefix.ends_with('/') {
        true => format!("{prefix}**/*"),
        false => format!("{prefix}*"),
    }
}

fn hints(page: &mut Page, ruleset: &Ruleset) {
    if ruleset.patterns.len() > 1 {
        page.hint("\nOne a line: a message must match every one of them.");
    }
    page.hint("\nGitHub: Settings, Rules, Rulesets, New branch ruleset");
    page.hint(format!(
        "  target branches  include by pattern: {}",
        ruleset.branches
    ));
    page.hint("  restrictions     restrict commit metadata, commit message,");
    page.hint("                   must match a given regex pattern");
    page.hint("\nGitLab: Settings, Repository, Push rules");
    page.hint("  require expression in commit messages");
    page.hint("  It holds for every branch of the project, and no pattern can tell a hotfix");
    page.hint("  branch's commits from others: use it only where all commits are fixes.");
    if ruleset.patterns.len() > 1 {
        page.hint("  It takes one expression: the first of these.");
    }
    if ruleset.pattern.chars().count() > GITLAB_MOST {
        page.hint(format!(
            "  It takes {GITLAB_MOST} characters at most: this one is longer."
        ));
    }
    page.hint("\nA merge that git named ('Merge branch …') does not match, since a pattern sees");
    page.hint("no parents: rebase, or name the merge in the format.");
}
