//! The line merge: what changed on one side is taken, what changed on both is united or marked.

use super::super::Field;
use super::super::header::{given, key_value};
use super::super::text::{Patch, bare, patched};
use super::align::align;
use super::tokens::{Kind, Token, combined};
use super::{Out, Sides};
use std::collections::{HashMap, HashSet};

/// The lines around a conflict; neither side is called ours, since nobody can tell later whose.
const MARKERS: [&str; 3] = ["<<<<<<< one side", "=======", ">>>>>>> other side"];

/// Above this many comparisons of paragraphs none counts as rewritten, so that all stay.
const COMPARISONS: usize = 10_000;

/// Merges three versions of some pieces.
pub(super) fn merge(tokens: &Sides<Vec<Token<'_>>>, out: &mut Out) {
    let mut ids: HashMap<&str, u32> = HashMap::new();
    let base = keys(&mut ids, &tokens.base);
    let one = keys(&mut ids, &tokens.one);
    let other = keys(&mut ids, &tokens.other);
    let in_one: HashMap<usize, usize> = align(&base, &one).into_iter().collect();
    let in_other: HashMap<usize, usize> = align(&base, &other).into_iter().collect();
    let mut writer = Writer::new(tokens, out);
    let (mut at, mut at_one, mut at_other) = (0, 0, 0);
    for (place, token) in tokens.base.iter().enumerate() {
        let (Some(&a), Some(&b)) = (in_one.get(&place), in_other.get(&place)) else {
            continue;
        };
        writer.hunk(
            &tokens.base[at..place],
            &tokens.one[at_one..a],
            &tokens.other[at_other..b],
        );
        writer.token(token);
        (at, at_one, at_other) = (place + 1, a + 1, b + 1);
    }
    writer.hunk(
        &tokens.base[at..],
        &tokens.one[at_one..],
        &tokens.other[at_other..],
    );
}

/// The tokens' keys as numbers, which compare faster.
fn keys<'a>(ids: &mut HashMap<&'a str, u32>, tokens: &'a [Token<'_>]) -> Vec<u32> {
    let number = |token: &'a Token<'_>| {
        let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        *ids.entry(token.key.as_str()).or_insert(next)
    };
    tokens.iter().map(number).collect()
}

/// Writes the pieces that stay.
struct Writer<'t, 'o> {
    out: &'o mut Out,
    versions: Sides<HashMap<&'t str, Vec<&'t str>>>,
    written: HashMap<&'t str, usize>,
}

impl<'t, 'o> Writer<'t, 'o> {
    fn new(tokens: &'t Sides<Vec<Token<'_>>>, out: &'o mut Out) -> Writer<'t, 'o> {
        let by_key = |tokens: &'t [Token<'_>]| {
            let mut map: HashMap<&str, Vec<&str>> = HashMap::new();
            for token in tokens {
                map.entry(&token.key).or_default().push(token.raw);
            }
            map
        };
        Writer {
            out,
            versions: Sides {
                base: by_key(&tokens.base),
                one: by_key(&tokens.one),
                other: by_key(&tokens.other),
            },
            written: HashMap::new(),
        }
    }

    /// Writes a piece with what all versions say of it: the third of its key is merged from the
    /// third of each side, wherever that stands, so that no tick is lost when a list is sorted.
    fn token(&mut self, token: &'t Token<'_>) {
        if token.kind == Kind::Blank {
            return self.out.push(token.raw);
        }
        let count = self.written.entry(&token.key).or_default();
        let nth = *count;
        *count += 1;
        let key = token.key.as_str();
        let of = |map: &HashMap<&'t str, Vec<&'t str>>| {
            map.get(key).and_then(|all| all.get(nth).copied())
        };
        let versions = Sides {
            base: of(&self.versions.base),
            one: of(&self.versions.one),
            other: of(&self.versions.other),
        };
        let text = combined(token.kind, &versions);
        self.out
            .push(if text.is_empty() { token.raw } else { &text });
    }

    fn all(&mut self, tokens: &'t [Token<'_>]) {
        for token in tokens {
            self.token(token);
        }
    }

    fn hunk(&mut self, base: &'t [Token<'_>], one: &'t [Token<'_>], other: &'t [Token<'_>]) {
        if same(one, other) {
            self.all(one);
        } else if same(base, one) {
            self.one_sided(one, other, false);
        } else if same(base, other) {
            self.one_sided(other, one, true);
        } else {
            self.both(one, other);
        }
    }

    /// Takes what one side changed, and keeps what it deleted: nothing in `kept` is dropped but
    /// placeholders, what stands elsewhere, and what was rewritten.
    fn one_sided(&mut self, kept: &'t [Token<'_>], changed: &'t [Token<'_>], by_one: bool) {
        let side = if by_one {
            &self.versions.one
        } else {
            &self.versions.other
        };
        let paragraphs = paragraphs(changed);
        let survivors: Vec<&'t [Token<'_>]> = self::paragraphs(kept)
            .into_iter()
            .filter(|paragraph| {
                let moved = paragraph.iter().all(|t| side.contains_key(t.key.as_str()));
                let hint = paragraph.iter().all(Token::is_placeholder);
                !moved && !hint && !rewritten(paragraph, &paragraphs, kept.len())
            })
            .collect();
        self.all(changed);
        let words = |tokens: &[Token<'_>]| tokens.iter().any(|t| t.kind == Kind::Words);
        for paragraph in &survivors {
            if words(paragraph) {
                self.out.gap();
            }
            self.all(paragraph);
            if words(paragraph) {
                self.out.gap();
            }
        }
    }

    /// Unites what both sides changed, or marks the place.
    fn both(&mut self, one: &'t [Token<'_>], other: &'t [Token<'_>]) {
        let equal = |(a, b): &(&Token<'_>, &Token<'_>)| a.key == b.key;
        let head = one.iter().zip(other).take_while(equal).count();
        let (start, one) = one.split_at(head);
        let other = &other[head..];
        self.all(start);
        let tail = one
            .iter()
            .rev()
            .zip(other.iter().rev())
            .take_while(equal)
            .count();
        let (one, end) = one.split_at(one.len() - tail);
        let other = &other[..other.len() - tail];
        let hollow = |tokens: &[Token<'_>]| {
            tokens
                .iter()
                .all(|t| t.kind == Kind::Blank || t.is_placeholder())
        };
        if hollow(one) {
            self.all(other);
        } else if hollow(other) {
            self.all(one);
        } else if one.iter().chain(other).all(Token::is_loose) {
            self.united(one, other);
        } else {
            self.conflict(one, other);
        }
        self.all(end);
    }

    /// Items of both sides, those that both have once.
    fn united(&mut self, one: &'t [Token<'_>], other: &'t [Token<'_>]) {
        self.all(one);
        let mut there: HashMap<&str, usize> = HashMap::new();
        for token in one {
            *there.entry(&token.key).or_default() += 1;
        }
        for token in other {
            match there.get_mut(token.key.as_str()) {
                Some(count) if *count > 0 => *count -= 1,
                _ if token.kind == Kind::Blank || token.is_placeholder() => {}
                // Words right below a hint belong to its item; the hint is there once.
                _ => match token.below_hint() {
                    Some((hint, words)) if one.iter().any(|t| t.begins_with_hint(hint)) => {
                        self.out.push(words);
                    }
                    _ => self.token(token),
                },
            }
        }
    }

    fn conflict(&mut self, one: &'t [Token<'_>], other: &'t [Token<'_>]) {
        let [open, middle, close] = MARKERS.map(|marker| format!("{marker}{}", self.out.eol));
        self.out.push(&open);
        self.all(one);
        self.out.push(&middle);
        self.all(other);
        self.out.push(&close);
    }
}

fn same(one: &[Token<'_>], other: &[Token<'_>]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.key == b.key)
}

/// Runs of lines without a blank one; an item is one by itself.
fn paragraphs<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    tokens
        .chunk_by(|a, b| a.kind == Kind::Words && b.kind == Kind::Words)
        .filter(|run| run.iter().any(|token| token.kind != Kind::Blank))
        .collect()
}

/// Whether a paragraph lives on in one of those that came instead: half of its words are there.
fn rewritten(paragraph: &[Token<'_>], instead: &[&[Token<'_>]], count: usize) -> bool {
    if instead.len().saturating_mul(count) > COMPARISONS || paragraph.iter().any(Token::is_acted_on)
    {
        return false;
    }
    let words = |tokens: &[Token<'_>]| -> HashSet<String> {
        let all = tokens
            .iter()
            .flat_map(|token| token.raw.split(|c: char| !c.is_alphanumeric()));
        all.filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let old = words(paragraph);
    instead.iter().any(|new| {
        let shared = words(new).intersection(&old).count();
        shared > 0 && shared * 2 >= old.len()
    })
}

/// One header line for two that both sides changed.
///
/// Of two severities the graver counts. Words are kept side by side. An id or a day can only be
/// one, so a person has to say which.
pub(super) fn field(field: Field, one: &str, other: &str) -> String {
    let (Some((_, a)), Some((_, b))) = (key_value(bare(one)), key_value(bare(other))) else {
        return one.to_owned();
    };
    let (Some(first), Some(second)) = (given(&one[a.clone()]), given(&other[b])) else {
        let is_given = given(&one[a]).is_some();
        return if is_given { one } else { other }.to_owned();
    };
    match field {
        Field::Severity => if first <= second { one } else { other }.to_owned(),
        // Both follow from the timeline.
        Field::Status | Field::Duration => one.to_owned(),
        Field::Date | Field::Branch | Field::Base | Field::Task if first != second => {
            let [open, middle, close] = MARKERS;
            let eol = &one[bare(one).len()..];
            let eol = if eol.is_empty() { "\n" } else { eol };
            let (one, other) = (bare(one), bare(other));
            [open, one, middle, other, close, ""].join(eol)
        }
        _ => {
            let parts: Vec<&str> = first.split(" / ").collect();
            let more: Vec<&str> = second.split(" / ").filter(|p| !parts.contains(p)).collect();
            let with = [parts, more].concat().join(" / ");
            patched(one, vec![Patch { range: a, with }])
        }
    }
}
