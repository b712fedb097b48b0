//! Which lines of two versions are the same: by lines that occur once, then by the longest common
//! subsequence of what is small enough between them.

use std::collections::HashMap;
use std::ops::Range;

/// The largest table for a longest common subsequence; beyond it lines count as different, so that
/// the time stays in proportion to the size.
const TABLE: usize = 250_000;

/// Pairs of places with equal keys, both ascending.
pub(super) fn align(one: &[u32], other: &[u32]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut todo = vec![(0..one.len(), 0..other.len())];
    while let Some((mut a, mut b)) = todo.pop() {
        while !a.is_empty() && !b.is_empty() && one[a.start] == other[b.start] {
            pairs.push((a.start, b.start));
            a.start += 1;
            b.start += 1;
        }
        while !a.is_empty() && !b.is_empty() && one[a.end - 1] == other[b.end - 1] {
            a.end -= 1;
            b.end -= 1;
            pairs.push((a.end, b.end));
        }
        if a.is_empty() || b.is_empty() {
            continue;
        }
        let anchors = anchors(one, other, &a, &b);
        if anchors.is_empty() {
            common(one, other, &a, &b, &mut pairs);
            continue;
        }
        let (mut from_a, mut from_b) = (a.start, b.start);
        for (at_a, at_b) in anchors {
            pairs.push((at_a, at_b));
            todo.push((from_a..at_a, from_b..at_b));
            (from_a, from_b) = (at_a + 1, at_b + 1);
        }
        todo.push((from_a..a.end, from_b..b.end));
    }
    pairs.sort_unstable();
    pairs
}

/// Keys that occur once on either side, in the longest run that ascends on both.
fn anchors(one: &[u32], other: &[u32], a: &Range<usize>, b: &Range<usize>) -> Vec<(usize, usize)> {
    let once = |keys: &[u32], range: &Range<usize>| {
        let mut places: HashMap<u32, Option<usize>> = HashMap::new();
        for at in range.clone() {
            places
                .entry(keys[at])
                .and_modify(|p| *p = None)
                .or_insert(Some(at));
        }
        places
    };
    let (in_a, in_b) = (once(one, a), once(other, b));
    let pairs: Vec<(usize, usize)> = a
        .clone()
        .filter(|&at| in_a.get(&one[at]) == Some(&Some(at)))
        .filter_map(|at| Some((at, (*in_b.get(&one[at])?)?)))
        .collect();
    ascending(&pairs)
}

/// The longest run of pairs whose second places ascend.
fn ascending(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, pair) in pairs.iter().enumerate() {
        let len = ends.partition_point(|&end| pairs[end].1 < pair.1);
        before.push(len.checked_sub(1).map(|len| ends[len]));
        if len == ends.len() {
            ends.push(at);
        } else {
            ends[len] = at;
        }
    }
    let mut run = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(place) = at {
        run.push(pairs[place]);
        at = before[place];
    }
    run.reverse();
    run
}

/// The longest common subsequence of two small ranges.
fn common(
    one: &[u32],
    other: &[u32],
    a: &Range<usize>,
    b: &Range<usize>,
    pairs: &mut Vec<(usize, usize)>,
) {
    let width = b.len() + 1;
    if a.len().saturating_mul(b.len()) > TABLE {
        return;
    }
    let mut longest = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if one[a.start + i] == other[b.start + j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if one[a.start + i] == other[b.start + j] {
            pairs.push((a.start + i, b.start + j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lines_are_found_around_changes_and_repetitions() {
        assert_eq!(align(&[1, 2, 3], &[1, 9, 3]), [(0, 0), (2, 2)]);
        assert_eq!(align(&[0, 0, 1, 0], &[0, 1, 0, 0]).len(), 3);
        assert!(align(&[], &[1]).is_empty());
    }

    #[test]
    fn what_is_too_large_for_a_table_counts_as_different() {
        let one: Vec<u32> = std::iter::once(7)
            .chain((0..2000).map(|n| n % 2))
            .chain([7])
            .collect();
        let other: Vec<u32> = std::iter::once(8)
            .chain((0..2000).map(|n| n % 2))
            .chain([8])
            .collect();
        assert!(align(&one, &other).is_empty());
    }
}
