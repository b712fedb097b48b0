//! `edit`

use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::{Context, edit};

pub(crate) fn cmd_edit(ui: &Ui, ctx: &Context<'_>, given: Option<&str>) -> CommandResult {
    let edited = edit::edit(ctx, given)?;
    ui.say(&edited, ctx.take_warnings(), |page| {
        let what = if edited.changed { "saved" } else { "unchanged" };
        page.did(format!("{}  {what}", edited.record));
    });
    Ok(0)
}
