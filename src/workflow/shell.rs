//! Commands that people paste.

/// A text in quotes, as one word for a POSIX shell.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| !matches!(c, '"' | '$' | '`' | '\\' | '!');
    if text.chars().all(plain) {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A text as one word, in quotes only where it needs them.
pub fn word(text: &str) -> String {
    // On Windows a backslash stands between folders.
    let bare =
        |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c) || cfg!(windows) && c == '\\';
    if !text.is_empty() && text.chars().all(bare) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{quoted, word};

    #[test]
    fn a_text_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("fix login"), "\"fix login\"");
        assert_eq!(quoted("don't $PAY `x`"), r"'don'\''t $PAY `x`'");
    }

    #[test]
    fn only_what_a_shell_would_split_or_change_is_quoted() {
        assert_eq!(word("../shop-hotfix"), "../shop-hotfix");
        assert_eq!(word("/tmp/my shop"), "\"/tmp/my shop\"");
        assert_eq!(word("hotfix/#1"), "\"hotfix/#1\"");
        assert_eq!(word(""), "\"\"");
    }
}
