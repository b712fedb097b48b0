//! `deliver`: what runs in the background

use crate::cli::CommandResult;
use crate::workflow::Context;
use crate::workflow::outbox::deliver;

pub(crate) fn cmd_deliver(ctx: &Context<'_>) -> CommandResult {
    deliver::work(ctx)?;
    Ok(0)
}
