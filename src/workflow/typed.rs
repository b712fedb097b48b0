//! What a person typed behind `git commit`: the parts that make the same commit again, its message
//! left out.

use super::shell::word;

/// A `git commit` as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// Options of git itself, in front of `commit`.
    pub(super) of_git: Vec<String>,
    /// It replaces the commit before it.
    pub(super) amends: bool,
    /// `-a`.
    pub(super) all: bool,
    /// Options that say nothing about the message.
    pub(super) options: Vec<String>,
    /// The files that were named, as typed.
    pub(super) files: Vec<String>,
    /// An option is not known here, or takes more from another commit than its words.
    pub(super) more: bool,
}

/// Options of git itself whose value is the next word.
const OF_GIT: [&str; 6] = [
    "-C",
    "-c",
    "--git-dir",
    "--work-tree",
    "--namespace",
    "--config-env",
];

/// Options whose value is the next word or stands behind `=`, and that are repeated.
const VALUED: [&str; 4] = ["--author", "--date", "--cleanup", "--pathspec-from-file"];

/// Options without a value that are repeated.
const PLAIN: [&str; 9] = [
    "--allow-empty",
    "--gpg-sign",
    "--no-gpg-sign",
    "--no-post-rewrite",
    "--reset-author",
    "--include",
    "--only",
    "--patch",
    "--pathspec-file-nul",
];

/// What the message comes from, which is in it by now: with a value.
const OF_MESSAGE: [&str; 4] = ["--message", "--file", "--template", "--trailer"];

/// What the message comes from, or what is only shown: without a value.
const LEFT_OUT: [&str; 13] = [
    "--edit",
    "--no-edit",
    "--signoff",
    "--no-signoff",
    "--quiet",
    "--verbose",
    "--no-verbose",
    "--status",
    "--no-status",
    "--allow-empty-message",
    "--verify",
    "--branch",
    "--untracked-files",
];

impl Typed {
    /// Reads a program's arguments, its name first; nothing when it is no `git commit`.
    pub(super) fn read(arguments: &[String]) -> Option<Typed> {
        let mut typed = Typed::default();
        let mut words = arguments.iter().skip(1);
        loop {
            let given = words.next()?;
            match given.as_str() {
                "commit" => break,
                name if OF_GIT.contains(&name) => {
                    typed.of_git.extend([word(name), word(words.next()?)]);
                }
                name if name.starts_with('-') => typed.of_git.push(word(name)),
                _ => return None,
            }
        }
        while let Some(given) = words.next() {
            match given.as_str() {
                "--" => typed.files.extend(words.by_ref().cloned()),
                name if name.starts_with("--") => typed.long(name, &mut words),
                name if name.len() > 1 && name.starts_with('-') => typed.short(name, &mut words),
                _ => typed.files.push(given.clone()),
            }
        }
        Some(typed)
    }

    fn long<'a>(&mut self, given: &str, rest: &mut impl Iterator<Item = &'a String>) {
        let (name, value) = match given.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (given, None),
        };
        match name {
            "--amend" => self.amends = true,
            "--all" => self.all = true,
            _ if VALUED.contains(&name) => {
                let value = value.or_else(|| rest.next().map(String::as_str));
                let value = word(value.unwrap_or_default());
                self.options.push(format!("{name}={value}"));
            }
            "--gpg-sign" => self.options.push(word(given)),
            _ if PLAIN.contains(&name) => self.options.push(name.to_owned()),
            _ if OF_MESSAGE.contains(&name) => {
                if value.is_none() {
                    rest.next();
                }
            }
            _ if LEFT_OUT.contains(&name) => {}
            _ => {
                self.more = true;
                let takes = ["--reuse-message", "--reedit-message", "--fixup", "--squash"];
                if takes.contains(&name) && value.is_none() {
                    rest.next();
                }
            }
        }
    }

    /// Letters that stand together; behind one with a value comes the value.
    fn short<'a>(&mut self, given: &str, rest: &mut impl Iterator<Item = &'a String>) {
        for (at, letter) in given.char_indices().skip(1) {
            let behind = &given[at + letter.len_utf8()..];
            match letter {
                'a' => self.all = true,
                'i' | 'o' | 'p' | 'z' => self.options.push(format!("-{letter}")),
                'e' | 's' | 'q' | 'v' => {}
                'S' => return self.options.push(word(&format!("-S{behind}"))),
                'u' => return,
                'm' | 'F' | 't' | 'C' | 'c' => {
                    self.more |= matches!(letter, 'C' | 'c');
                    if behind.is_empty() {
                        rest.next();
                    }
                    return;
                }
                _ => self.more = true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Typed;
    use proptest::prelude::*;

    fn read(line: &[&str]) -> Option<Typed> {
        let words: Vec<String> = line.iter().map(|&word| word.to_owned()).collect();
        Typed::read(&words)
    }

    #[test]
    fn all_but_the_message_is_taken_over() {
        let author = "Bob <b@x>";
        let typed = read(&[
            "git",
            "-c",
            "user.name=A B",
            "commit",
            "--author",
            author,
            "-qam",
            "x",
            "-s",
            "--date=now",
            "--amend",
            "--no-edit",
            "-SKEY",
            "--trailer",
            "A: b",
            "--allow-empty",
            "a b",
            "--",
            "-c",
        ]);
        let typed = typed.unwrap();
        assert_eq!(typed.of_git, ["-c", "\"user.name=A B\""]);
        let options = [
            "--author=\"Bob <b@x>\"",
            "--date=now",
            "-SKEY",
            "--allow-empty",
        ];
        assert_eq!(typed.options, options);
        assert_eq!(typed.files, ["a b", "-c"]);
        assert!(typed.all && typed.amends && !typed.more);
    }

    #[test]
    fn a_message_is_no_option() {
        for line in [
            &["git", "commit", "-m", "--amend"][..],
            &["git", "commit", "-m--amend"],
            &["git", "commit", "--message", "-a", "-F", "-a"],
            &["git", "commit", "-em", "x", "--message=-a"],
        ] {
            assert_eq!(read(line), Some(Typed::default()), "{line:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_said() {
        for option in ["--fixup=x", "-Cx", "--new-option", "--auth=x", "-x"] {
            assert!(read(&["git", "commit", option]).unwrap().more, "{option}");
        }
        for line in [
            &["git", "merge", "commit"][..],
            &["git"],
            &["sh", "-c"],
            &[],
        ] {
            assert_eq!(read(line), None, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read(words: Vec<String>) {
            let line = ["git".to_owned(), "commit".to_owned()].into_iter().chain(words);
            prop_assert!(Typed::read(&line.collect::<Vec<_>>()).is_some());
        }
    }
}
