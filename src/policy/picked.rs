//! The message of a commit that was picked, as `git cherry-pick -x` writes it.

/// What git puts into a message by itself; such a line makes a block of trailers (git's
/// `trailer.c`, `git_generated_prefixes`).
const BY_GIT: [&str; 2] = ["Signed-off-by: ", ORIGIN];

const ORIGIN: &str = "(cherry picked from commit ";

/// The message with the line that says where the change comes from: on its own, or below the
/// trailers that end the message.
pub fn with_origin(message: &str, commit: &str) -> String {
    let mut out = message.to_owned();
    if !out.ends_with('\n') {
        out.push('\n');
    }
    if !ends_in_trailers(&out) {
        out.push('\n');
    }
    out + ORIGIN + commit + ")\n"
}

/// The commits that a message says it was picked from, as they were written.
pub fn origins(message: &str) -> impl Iterator<Item = &str> {
    let lines = message.lines();
    lines.filter_map(|line| line.strip_prefix(ORIGIN)?.strip_suffix(')'))
}

/// What is known of a paragraph while its lines are read from the last to the first.
#[derive(Default)]
struct Block {
    trailers: usize,
    others: usize,
    /// Indented lines: they go on whatever stands above them.
    indented: usize,
    by_git: bool,
}

/// Whether git takes the last paragraph for trailers (`find_trailer_block_start`): all of it, or a
/// quarter of it when git itself wrote one of the lines. The first paragraph is the title.
fn ends_in_trailers(message: &str) -> bool {
    let lines: Vec<&str> = message.lines().collect();
    let blank = |line: &str| line.trim().is_empty();
    let Some(title) = lines.iter().position(|line| !blank(line)) else {
        return false;
    };
    let body = lines.iter().skip(title).position(|line| blank(line));
    let Some(body) = body.map(|rows| title + rows) else {
        return false;
    };
    let rows = lines[body..].iter().rev();
    let mut block = Block::default();
    for line in rows.skip_while(|line| blank(line)) {
        if blank(line) {
            return block.is_trailers();
        }
        block.take(line);
    }
    false
}

impl Block {
    fn take(&mut self, line: &str) {
        if line.starts_with('#') {
            self.others += std::mem::take(&mut self.indented);
        } else if BY_GIT.iter().any(|begin| line.starts_with(begin)) {
            self.trailers += 1;
            self.indented = 0;
            self.by_git = true;
        } else if line.starts_with(|first: char| first.is_ascii_whitespace()) {
            self.indented += 1;
        } else if has_key(line) {
            self.trailers += 1;
            self.indented = 0;
        } else {
            self.others += 1 + std::mem::take(&mut self.indented);
        }
    }

    fn is_trailers(&self) -> bool {
        let others = self.others + self.indented;
        let enough = self.by_git && self.trailers * 3 >= others;
        enough || (self.trailers > 0 && others == 0)
    }
}

/// `Key: value`: letters, digits and dashes, blanks at most before the colon.
fn has_key(line: &str) -> bool {
    let Some((key, _)) = line.split_once(':') else {
        return false;
    };
    let key = key.trim_end_matches([' ', '\t']);
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::{origins, with_origin};

    #[test]
    fn the_line_stands_apart_unless_trailers_end_the_message() {
        let apart = [
            "fix: it",
            "fix: it\n\nWhy it was wrong.\n",
            "key: value\n",
            "fix: it\n\nNote this: and\nmore prose.\n",
            "fix: it\n\n indented: no\n",
        ];
        for message in apart {
            let picked = with_origin(message, "abc");
            assert!(
                picked.ends_with("\n\n(cherry picked from commit abc)\n"),
                "{picked:?}"
            );
        }
        let below = [
            "fix: it\n\nIncident: 1\n",
            "fix: it\n\nWhy.\n\nIncident: 1\nSeverity: P0\n\n",
            "fix: it\n\n(cherry picked from commit def)\n",
            "fix: it\n\nSigned-off-by: Ada\nand one line of prose\n",
            "fix: it\n\nFixes : 12\n and more of it\n",
        ];
        for message in below {
            let picked = with_origin(message, "abc");
            let expected = format!("{}(cherry picked from commit abc)\n", message);
            assert_eq!(picked, expected);
        }
    }

    #[test]
    fn the_origins_are_read_back() {
        let twice = with_origin(&with_origin("fix: it\n", "abc"), "def");
        assert_eq!(origins(&twice).collect::<Vec<_>>(), ["abc", "def"]);
        assert_eq!(origins("(cherry picked from commit abc\n").count(), 0);
    }
}
