//! Other people's programs: the only code beside `git` that starts one.
//!
//! A program is found on PATH and never inside the repository, gets no terminal and a limited time,
//! and what it says is cleaned before anybody reads it.

pub mod background;
pub mod forge;
pub mod program;

pub use program::{Around, Program, Trouble};
