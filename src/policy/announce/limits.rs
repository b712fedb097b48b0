//! Texts that fit what a service takes.

/// A text in pieces that are never cut apart: a character of data with its escape, or one of ours.
#[derive(Debug, Default)]
pub(super) struct Pieces(Vec<String>);

impl Pieces {
    /// Adds words of ours, as they are.
    pub(super) fn own(&mut self, text: &str) -> &mut Pieces {
        self.0.extend(text.chars().map(String::from));
        self
    }

    /// Adds a piece.
    pub(super) fn piece(&mut self, piece: String) {
        self.0.push(piece);
    }

    /// The length as the services count at most.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|piece| units(piece)).sum()
    }

    /// The text, cut to a length of at least 1, with `…` where something went.
    pub(super) fn cut(&self, most: usize) -> String {
        if self.len() <= most {
            return self.0.concat();
        }
        let mut out = String::new();
        let mut length = 1;
        for piece in &self.0 {
            length += units(piece);
            if length > most {
                break;
            }
            out.push_str(piece);
        }
        out + "…"
    }
}

/// A text without escapes, cut to a length.
pub(super) fn cut(text: &str, most: usize) -> String {
    let mut pieces = Pieces::default();
    pieces.own(text);
    pieces.cut(most)
}

/// UTF-16 units: some services count these, others characters, which are never more.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
