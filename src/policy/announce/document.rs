//! The JSON that a destination of type `json` is sent; `docs/json.md` has its fields.

use super::{Update, plain};
use serde::Serialize;

/// The version of its shape; the number changes when a field goes or changes its meaning.
pub const SCHEMA: &str = "git-hotfix/announce/1";

/// The update with its version, and as one text.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    schema: &'static str,
    #[serde(flatten)]
    update: &'a Update,
    text: String,
}

impl<'a> Document<'a> {
    /// Of an update.
    pub fn of(update: &'a Update) -> Document<'a> {
        Document {
            schema: SCHEMA,
            update,
            text: plain(update),
        }
    }
}
