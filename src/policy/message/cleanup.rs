//! What git makes of a message before it records it, githooks(5) and git-stripspace(1).

/// What may be a comment character under `auto`, in git's order.
const CANDIDATES: &[u8] = b"#;@!$%^&|:";

/// The scissors line behind the comment character, its line ending included: git matches it whole.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------\n";

/// `commit.cleanup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleanup {
    /// git's `default`: comments and surplus white space go after an editor, as in `whitespace`
    /// without one.
    Strip,
    /// `commit.cleanup = strip` said outright: comments go without an editor too.
    StripAlways,
    /// Surplus white space goes.
    Whitespace,
    /// Nothing goes.
    Verbatim,
    /// As `whitespace`, and all from the scissors line on goes.
    Scissors,
}

impl Cleanup {
    /// From the value of `commit.cleanup`; what git does not know counts as not set.
    pub fn from_config(value: Option<&str>) -> Cleanup {
        match value {
            Some("strip") => Cleanup::StripAlways,
            Some("whitespace") => Cleanup::Whitespace,
            Some("verbatim") => Cleanup::Verbatim,
            Some("scissors") => Cleanup::Scissors,
            _ => Cleanup::Strip,
        }
    }
}

/// How git cleans the message of the commit under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaning {
    /// `commit.cleanup`, with git's default.
    pub mode: Cleanup,
    /// `core.commentChar` or `core.commentString`; `auto` as it is written.
    pub comment: String,
    /// An editor was open (`GIT_EDITOR` is not `:`).
    pub edited: bool,
}

/// The message as git will record it.
///
/// After an editor the scissors line counts in every mode: `commit --verbose` writes it in every
/// mode, and a hook is not told of the flag.
pub fn clean(message: &[u8], how: &Cleaning) -> Vec<u8> {
    let comment = comment(message, how);
    let kept = match (&comment, how.edited) {
        (Some(comment), true) => before_scissors(message, comment),
        _ => message,
    };
    match how.mode {
        Cleanup::Verbatim => kept.to_vec(),
        Cleanup::Strip if how.edited => strip_space(kept, comment.as_deref()),
        Cleanup::StripAlways => strip_space(kept, comment.as_deref()),
        Cleanup::Strip | Cleanup::Whitespace | Cleanup::Scissors => strip_space(kept, None),
    }
}

/// Where the text of a message ends: behind its last line that is neither blank nor a comment, the
/// line ending left out.
pub(super) fn text_end(message: &[u8], how: &Cleaning) -> usize {
    let comment = comment(message, how).unwrap_or_default();
    let is_comment = |line: &[u8]| !comment.is_empty() && line.starts_with(&comment);
    let (mut start, mut end) = (0, 0);
    for line in before_scissors(message, &comment).split_inclusive(|&b| b == b'\n') {
        let text = trim_end(line);
        if !text.is_empty() && !is_comment(line) {
            end = start + text.len();
        }
        start += line.len();
    }
    end
}

/// The message has a line that an editor's cleaning would take for a comment.
pub fn has_comments(message: &[u8], how: &Cleaning) -> bool {
    let comment = comment(
        message,
        &Cleaning {
            edited: true,
            ..how.clone()
        },
    );
    let comment = comment.unwrap_or_default();
    let mut lines = message.split(|&b| b == b'\n');
    lines.any(|line| !comment.is_empty() && line.starts_with(&comment))
}

/// What a comment line begins with; nothing when no line is a comment.
fn comment(message: &[u8], how: &Cleaning) -> Option<Vec<u8>> {
    match how.comment.as_str() {
        // Without an editor `auto` picks a character that begins no line of the message.
        "auto" if !how.edited => None,
        "auto" => Some(vec![guessed(message)]),
        // git refuses an empty one; as a prefix it would match every line.
        "" => Some(b"#".to_vec()),
        written => Some(written.as_bytes().to_vec()),
    }
}

/// The character git chose for `auto`, from what it wrote behind the message: the scissors line,
/// else the template whose last line ends the file.
fn guessed(message: &[u8]) -> u8 {
    let of_scissors = CANDIDATES
        .iter()
        .find(|&&c| scissors_at(message, &[c]).is_some());
    let last_line = message
        .split(|&b| b == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .rfind(|line| !line.is_empty());
    let of_template = || match last_line {
        // git's own lines are the bare character, or have a space or a tab behind it.
        Some([c, rest @ ..]) if CANDIDATES.contains(c) => {
            matches!(rest.first(), None | Some(b' ' | b'\t')).then_some(c)
        }
        _ => None,
    };
    of_scissors.or_else(of_template).copied().unwrap_or(b'#')
}

fn before_scissors<'a>(message: &'a [u8], comment: &[u8]) -> &'a [u8] {
    match scissors_at(message, comment) {
        Some(at) => &message[..at],
        None => message,
    }
}

fn scissors_at(message: &[u8], comment: &[u8]) -> Option<usize> {
    let mut start = 0;
    for line in message.split_inclusive(|&b| b == b'\n') {
        if line.strip_prefix(comment) == Some(SCISSORS) {
            return Some(start);
        }
        start += line.len();
    }
    None
}

/// git-stripspace(1): no white space at line ends, no blank lines at both ends, one between
/// paragraphs, a line ending at the end. Comments are left out before blank lines are counted.
fn strip_space(message: &[u8], comment: Option<&[u8]>) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 1);
    let mut blank = false;
    for line in message.split(|&b| b == b'\n') {
        if comment.is_some_and(|comment| line.starts_with(comment)) {
            continue;
        }
        let line = trim_end(line);
        if line.is_empty() {
            blank = true;
            continue;
        }
        if blank && !out.is_empty() {
            out.push(b'\n');
        }
        blank = false;
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out
}

/// git's `isspace` knows four characters: form feeds and vertical tabs stay.
fn trim_end(line: &[u8]) -> &[u8] {
    let end = line
        .iter()
        .rposition(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
        .map_or(0, |at| at + 1);
    &line[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(message: &str, mode: Cleanup, comment: &str, edited: bool) -> String {
        let how = Cleaning {
            mode,
            comment: comment.to_owned(),
            edited,
        };
        String::from_utf8(clean(message.as_bytes(), &how)).unwrap()
    }

    const MESSAGE: &str = "\n\n# c\nfix: x  \r\n\n\n\nbody\n\
        # ------------------------ >8 ------------------------\ndiff\n";

    /// What git 2.39 and 2.47 recorded for [`MESSAGE`] with `commit -F` and with `-F … -e -v`.
    #[test]
    fn the_same_as_git_in_every_mode() {
        use Cleanup::*;
        let scissors = "# ------------------------ >8 ------------------------\ndiff\n";
        let kept = format!("# c\nfix: x\n\nbody\n{scissors}");
        assert_eq!(cleaned(MESSAGE, Strip, "#", false), kept);
        assert_eq!(cleaned(MESSAGE, Whitespace, "#", false), kept);
        assert_eq!(cleaned(MESSAGE, Scissors, "#", false), kept);
        assert_eq!(cleaned(MESSAGE, Verbatim, "#", false), MESSAGE);
        assert_eq!(
            cleaned(MESSAGE, StripAlways, "#", false),
            "fix: x\n\nbody\ndiff\n"
        );
        assert_eq!(cleaned(MESSAGE, Strip, "#", true), "fix: x\n\nbody\n");
        assert_eq!(cleaned(MESSAGE, StripAlways, "#", true), "fix: x\n\nbody\n");
        let cut = "# c\nfix: x\n\nbody\n";
        assert_eq!(cleaned(MESSAGE, Whitespace, "#", true), cut);
        assert_eq!(cleaned(MESSAGE, Scissors, "#", true), cut);
        let verbatim = "\n\n# c\nfix: x  \r\n\n\n\nbody\n";
        assert_eq!(cleaned(MESSAGE, Verbatim, "#", true), verbatim);
    }

    #[test]
    fn white_space_as_git_sees_it() {
        let strip = |text: &str| cleaned(text, Cleanup::Strip, "#", true);
        assert_eq!(strip("fix: x\r\n\r\nbody\r\n"), "fix: x\n\nbody\n");
        assert_eq!(strip("fix: x\n\n\n\n"), "fix: x\n");
        assert_eq!(strip("fix: x"), "fix: x\n");
        assert_eq!(strip("\u{feff}fix: x \n"), "\u{feff}fix: x\n");
        assert_eq!(strip("  fix: x\n"), "  fix: x\n");
        assert_eq!(strip("a\n\u{c}\nb\u{b}\n"), "a\n\u{c}\nb\u{b}\n");
        assert_eq!(strip(" # kept\n\t# kept\n"), " # kept\n\t# kept\n");
        assert_eq!(strip("a\n\n# c\n\nb\n"), "a\n\nb\n");
        assert_eq!(strip("# only\n#comments\n"), "");
        assert_eq!(strip(""), "");
    }

    #[test]
    fn the_comment_may_be_any_string() {
        let strip = |text: &str, comment: &str| cleaned(text, Cleanup::Strip, comment, true);
        assert_eq!(strip("$text\nfix: x\n# kept\n", "$"), "fix: x\n# kept\n");
        assert_eq!(strip("// note\nfix: x\n/ kept\n", "//"), "fix: x\n/ kept\n");
        let cut = "fix: x\n// ------------------------ >8 ------------------------\ndiff\n";
        assert_eq!(strip(cut, "//"), "fix: x\n");
        assert_eq!(strip("# note\nfix: x\n", ""), "fix: x\n");
    }

    #[test]
    fn auto_is_read_from_what_git_wrote() {
        let strip = |text: &str| cleaned(text, Cleanup::Strip, "auto", true);
        let template =
            "# kept\nfix: x\n\n; Please enter the message\n;\n; On branch main\n;\tnew: a\n";
        assert_eq!(strip(template), "# kept\nfix: x\n");
        let scissors = "#1 kept\n; c\n; ------------------------ >8 ------------------------\n+#\n";
        assert_eq!(strip(scissors), "#1 kept\n");
        assert_eq!(strip("fix: x\n# gone\n"), "fix: x\n");
        assert_eq!(strip("fix: x\n\n:wq\n"), "fix: x\n\n:wq\n");
        assert_eq!(
            cleaned("# x\n", Cleanup::StripAlways, "auto", false),
            "# x\n"
        );
    }

    #[test]
    fn scissors_must_be_the_whole_line() {
        let strip = |text: &str| cleaned(text, Cleanup::Whitespace, "#", true);
        for text in [
            "fix: x\n# ------------------------ >8 ----------------------- \n",
            "fix: x\na # ------------------------ >8 ------------------------\n",
            "fix: x\n; ------------------------ >8 ------------------------\n",
        ] {
            assert_eq!(strip(text), text.trim_end().to_owned() + "\n");
        }
    }

    #[test]
    fn the_settings_words() {
        assert_eq!(Cleanup::from_config(None), Cleanup::Strip);
        assert_eq!(Cleanup::from_config(Some("default")), Cleanup::Strip);
        assert_eq!(Cleanup::from_config(Some("strip")), Cleanup::StripAlways);
        assert_eq!(Cleanup::from_config(Some("verbatim")), Cleanup::Verbatim);
    }

    proptest! {
        #[test]
        fn never_panics_and_settles(message: Vec<u8>, comment in "auto|#|//|", edited: bool) {
            for mode in [Cleanup::Strip, Cleanup::Whitespace, Cleanup::Verbatim, Cleanup::Scissors] {
                let how = Cleaning { mode, comment: comment.clone(), edited };
                let once = clean(&message, &how);
                if mode == Cleanup::Whitespace {
                    prop_assert_eq!(clean(&once, &how), once);
                }
            }
        }
    }
}
