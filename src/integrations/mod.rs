//! Other people's programs and services: the only code beside `git` that starts one, and the only code
//! that speaks HTTP.
//!
//! A program is found on PATH and never inside the repository, gets no terminal and a limited time,
//! and what it says is cleaned before anybody reads it.

pub mod announce;
pub mod background;
pub mod forge;
pub mod http;
pub mod program;
mod shell;
pub mod tracker;

pub use program::{Around, Program, Trouble};
