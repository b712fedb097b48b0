//! Three-way merge of two versions of a record, by meaning.

mod align;
mod chunks;
mod entries;
mod hunks;
mod tokens;

use super::Record;
use super::edit::settled;
use super::text::eol_at;
use chunks::{Chunk, Key};
use std::collections::HashMap;

/// A merged record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text.
    pub text: String,
    /// How many places have conflict markers.
    pub conflicts: usize,
}

/// Merges two versions that came from `base`.
///
/// Nothing either version says is dropped: timeline lines are united and sorted by time, ticks win
/// over blanks, and a paragraph that one side deleted stays. Only a paragraph that one side alone
/// rewrote (half of its words are still there) or a placeholder gives way. The result is the same
/// whichever version is called ours.
pub fn merge(base: &str, ours: &str, theirs: &str) -> Merged {
    if ours == theirs || base == theirs {
        return merged(ours.to_owned());
    }
    if base == ours {
        return merged(theirs.to_owned());
    }
    // Which is ours must not matter, so the texts themselves decide who comes first.
    let (one, other) = if ours <= theirs {
        (ours, theirs)
    } else {
        (theirs, ours)
    };
    let base = Record::parse(base);
    let (one, other) = (Record::parse(one), Record::parse(other));
    let text = composed(&base, &one, &other);
    merged(settled(Record::parse(text)).text().to_owned())
}

fn merged(text: String) -> Merged {
    let opens = |line: &&str| line.starts_with("<<<<<<<");
    Merged {
        conflicts: text.lines().filter(opens).count(),
        text,
    }
}

/// The three versions of one thing: the base's, one side's and the other's.
#[derive(Clone, Copy)]
struct Sides<T> {
    base: T,
    one: T,
    other: T,
}

/// The text that comes out, in whole lines.
struct Out {
    text: String,
    eol: &'static str,
}

impl Out {
    /// Adds whole lines, ending what stands before.
    fn push(&mut self, lines: &str) {
        if lines.is_empty() {
            return;
        }
        let bom = self.text == "\u{feff}";
        if !self.text.is_empty() && !bom && !self.text.ends_with('\n') {
            self.text.push_str(self.eol);
        }
        self.text.push_str(lines);
    }

    /// Adds a blank line unless one stands there.
    fn gap(&mut self) {
        if !self.text.is_empty() && !is_blank(self.text.lines().next_back().unwrap_or_default()) {
            self.push(self.eol);
        }
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn composed(base: &Record, one: &Record, other: &Record) -> String {
    let chunks = Sides {
        base: chunks::read(base),
        one: chunks::read(one),
        other: chunks::read(other),
    };
    let by_key = |chunks: &[Chunk]| -> HashMap<Key, usize> {
        let places = chunks.iter().enumerate();
        places.map(|(at, chunk)| (chunk.key.clone(), at)).collect()
    };
    let places = Sides {
        base: by_key(&chunks.base),
        one: by_key(&chunks.one),
        other: by_key(&chunks.other),
    };
    let records = Sides { base, one, other };
    let mut out = Out {
        text: String::new(),
        eol: eol_at(one.text(), 0),
    };
    if one.text().starts_with('\u{feff}') || other.text().starts_with('\u{feff}') {
        out.text.push('\u{feff}');
    }
    for key in order(&chunks.one, &chunks.other) {
        let versions = Sides {
            base: places.base.get(&key).map(|&at| &chunks.base[at]),
            one: places.one.get(&key).map(|&at| &chunks.one[at]),
            other: places.other.get(&key).map(|&at| &chunks.other[at]),
        };
        if key != Key::Head {
            out.gap();
        }
        chunks::merge(&records, &versions, &mut out);
    }
    out.text
}

/// All sections: one side's in their order, the other's behind the one they follow there.
fn order(one: &[Chunk], other: &[Chunk]) -> Vec<Key> {
    let known: std::collections::HashSet<&Key> = one.iter().map(|chunk| &chunk.key).collect();
    let mut behind: HashMap<&Key, Vec<Key>> = HashMap::new();
    let mut last = &Key::Head;
    for chunk in other {
        if known.contains(&chunk.key) {
            last = &chunk.key;
        } else {
            behind.entry(last).or_default().push(chunk.key.clone());
        }
    }
    one.iter()
        .flat_map(|chunk| {
            let more = behind.remove(&chunk.key).unwrap_or_default();
            std::iter::once(chunk.key.clone()).chain(more)
        })
        .collect()
}

#[cfg(test)]
mod tests;
