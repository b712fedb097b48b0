//! Columns on an 80 column screen.

use unicode_width::UnicodeWidthStr;

/// Columns a text takes on the screen.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text with blanks behind it up to a width.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// The text cut to a width, with `…` where something went.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if width(&out) >= columns {
            while width(&out) + 1 > columns {
                out.pop();
            }
            break;
        }
    }
    out.trim_end().to_owned() + "…"
}

#[cfg(test)]
mod tests {
    use super::{cut, padded, width};

    #[test]
    fn a_cut_text_fits_whatever_its_characters() {
        for text in ["users cannot log in", "登录失败，所有用户", "a", ""] {
            for columns in 1..20 {
                assert!(width(&cut(text, columns)) <= columns, "{text} in {columns}");
            }
        }
    }

    #[test]
    fn padding_counts_columns_not_characters() {
        assert_eq!(padded("登录", 6), "登录  ");
    }
}
