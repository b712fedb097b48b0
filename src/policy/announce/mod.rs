//! The update for stakeholders: what it says, made from the record, and its shape for each service.
//!
//! Text from a record is data: it calls nobody, links nothing and formats nothing, whatever it holds.

pub mod address;
pub mod auto;
pub mod destination;
pub mod document;
pub mod due;
pub mod limits;
pub mod proxy;
pub mod retry;
pub mod services;
mod text;
mod update;

#[cfg(test)]
mod tests;

pub use destination::{Destination, Kind, Source};
pub use text::plain;
pub use update::{Line, Said, State, Update};
