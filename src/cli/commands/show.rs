//! `show`

use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::{Context, status};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Shown {
    id: String,
    record: String,
}

pub(crate) fn cmd_show(ui: &Ui, ctx: &Context<'_>, given: Option<&str>) -> CommandResult {
    let (id, record) = status::show(ctx, given)?;
    let shown = Shown { id, record };
    ui.say(&shown, ctx.take_warnings(), |page| {
        page.line(shown.record.trim_end_matches('\n'))
    });
    Ok(0)
}
