//! The incident's record: one Markdown file, read tolerantly and edited byte-exactly.
//!
//! Pure: text in, text and data out. Times are UTC; what a person types is turned into UTC by
//! [`when`], with their zone handed in.

mod checklist;
pub mod edit;
pub mod finding;
mod header;
mod layout;
pub mod lint;
pub mod merge;
pub mod model;
#[cfg(test)]
mod props;
mod sections;
pub mod template;
mod text;
mod timeline;
pub mod when;

pub use checklist::{Item, ItemState};
pub use edit::{Change, apply};
pub use finding::{Finding, Level};
pub use header::Field;
pub use merge::{Merged, merge};
pub use model::Record;
pub use sections::{Section, SectionName};
pub use template::Template;
pub use text::{is_placeholder, one_line};
pub use timeline::{Entry, Milestone, Status};
