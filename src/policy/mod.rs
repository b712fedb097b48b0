//! What must hold, as pure functions from text and data to findings.

pub mod agent;
pub mod announce;
pub mod branch;
pub mod ci;
pub mod forge;
pub mod gate;
pub mod message;
pub mod picked;
pub mod push;
pub mod receive;
pub mod request;
pub mod rules;
pub mod secret;
pub mod severity;
pub mod style;
pub mod updates;
pub mod version;

#[cfg(test)]
mod against_git;
