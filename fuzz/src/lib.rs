//! The crate's rules alone. They are pure and name no other layer; with the rest, libgit2 would be
//! built for every fuzzing.

#[path = "../../src/policy/mod.rs"]
pub mod policy;
#[path = "../../src/record/mod.rs"]
pub mod record;
