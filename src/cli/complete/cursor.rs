//! Where the cursor stands in the clap tree.

use crate::workflow::candidates::Candidate;
use clap::{Arg, ArgAction, Command};

/// What may stand at the cursor.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// Commands and options.
    pub(crate) words: Vec<Candidate>,
    /// The argument whose value may stand there.
    pub(crate) arg: Option<&'a Arg>,
    /// What stands before the value in the same word: `--severity=`.
    pub(crate) before: String,
    /// What is typed of the word or value.
    pub(crate) typed: String,
    /// The incident named earlier in the line.
    pub(crate) incident: Option<String>,
    /// The command behind `git hotfix`, without one that stands below it.
    pub(crate) command: Option<&'a str>,
}

/// What may follow `words` where `typed` is typed already; the tree has been built.
pub(crate) fn wanted<'a>(tree: &'a Command, words: &[String], typed: &str) -> Wanted<'a> {
    let mut walk = Walk::new(tree);
    for word in words {
        walk.pass(word);
    }
    walk.wanted(typed)
}

/// A walk along the words before the cursor.
struct Walk<'a> {
    tree: &'a Command,
    command: &'a Command,
    /// How many values without an option the command has.
    positionals: usize,
    /// The option that waits for its value.
    waiting: Option<&'a Arg>,
    /// Behind `--`.
    literal: bool,
    /// The options given.
    given: Vec<&'a Arg>,
    incident: Option<String>,
    /// The first command.
    first: Option<&'a str>,
}

impl<'a> Walk<'a> {
    fn new(tree: &'a Command) -> Walk<'a> {
        Walk {
            tree,
            command: tree,
            positionals: 0,
            waiting: None,
            literal: false,
            given: Vec::new(),
            incident: None,
            first: None,
        }
    }

    fn pass(&mut self, word: &str) {
        if let Some(arg) = self.waiting.take()
            && (needs_value(arg) || !word.starts_with('-'))
        {
            return self.value(arg, word);
        }
        if self.literal {
            self.positionals += 1;
        } else if word == "--" {
            self.literal = true;
        } else if let Some(long) = word.strip_prefix("--") {
            self.long(long);
        } else if word.len() > 1 && word.starts_with('-') {
            self.shorts(&word[1..]);
        } else {
            self.plain(word);
        }
    }

    fn long(&mut self, word: &str) {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let Some(arg) = by_long(self.command, name) else {
            return;
        };
        self.given.push(arg);
        match value {
            Some(value) => self.value(arg, value),
            None if arg.get_action().takes_values() => self.waiting = Some(arg),
            None => {}
        }
    }

    /// `-n`, `-nq`, `-iID`, `-i ID`.
    fn shorts(&mut self, letters: &str) {
        for (at, letter) in letters.char_indices() {
            let mut args = self.command.get_arguments();
            let Some(arg) = args.find(|arg| arg.get_short() == Some(letter)) else {
                return;
            };
            self.given.push(arg);
            if arg.get_action().takes_values() {
                match &letters[at + letter.len_utf8()..] {
                    "" => self.waiting = Some(arg),
                    value => self.value(arg, value.trim_start_matches('=')),
                }
                return;
            }
        }
    }

    fn plain(&mut self, word: &str) {
        match self.command.find_subcommand(word) {
            Some(command) if self.positionals == 0 => {
                let incident = self.incident.take();
                *self = Walk {
                    command,
                    incident,
                    first: self.first.or(Some(command.get_name())),
                    ..Walk::new(self.tree)
                };
            }
            _ => self.positionals += 1,
        }
    }

    fn value(&mut self, arg: &Arg, value: &str) {
        if arg.get_id() == "incident" {
            self.incident = Some(value.to_owned());
        }
    }

    fn wanted(self, typed: &str) -> Wanted<'a> {
        let mut wanted = Wanted {
            words: Vec::new(),
            arg: None,
            before: String::new(),
            typed: typed.to_owned(),
            incident: self.incident.clone(),
            command: self.first,
        };
        if let Some(arg) = self.waiting
            && (needs_value(arg) || !typed.starts_with('-'))
        {
            wanted.arg = Some(arg);
            return wanted;
        }
        if self.literal || !typed.starts_with('-') {
            wanted.arg = self.positional();
            if !self.literal && self.positionals == 0 {
                wanted.words = self.commands();
            }
            return wanted;
        }
        match typed.strip_prefix("--").and_then(|t| t.split_once('=')) {
            Some((name, value)) => {
                wanted.arg = by_long(self.command, name);
                wanted.before = format!("--{name}=");
                wanted.typed = value.to_owned();
            }
            None => wanted.words = self.options(typed),
        }
        wanted
    }

    fn positional(&self) -> Option<&'a Arg> {
        let all: Vec<&Arg> = self.command.get_positionals().collect();
        let last = all.last().copied().filter(|arg| takes_more(arg));
        let arg = all.get(self.positionals).copied().or(last)?;
        (self.literal || !arg.is_last_set()).then_some(arg)
    }

    fn commands(&self) -> Vec<Candidate> {
        // clap puts `help` below every command that has some; ours is the program's.
        let is_top = std::ptr::eq(self.command, self.tree);
        let shown = self.command.get_subcommands();
        let shown = shown.filter(|c| !c.is_hide_set() && (is_top || c.get_name() != "help"));
        shown
            .map(|command| {
                let about = command.get_about().map(ToString::to_string);
                Candidate::new(command.get_name(), about.unwrap_or_default())
            })
            .collect()
    }

    /// Long names, and of an option without one its letter; each once unless it may be repeated.
    fn options(&self, typed: &str) -> Vec<Candidate> {
        let free = |arg: &&Arg| {
            let again = matches!(arg.get_action(), ArgAction::Append | ArgAction::Count);
            let is_given = self
                .given
                .iter()
                .any(|given| given.get_id() == arg.get_id());
            !arg.is_positional() && !arg.is_hide_set() && (again || !is_given)
        };
        let mut options = Vec::new();
        for arg in self.command.get_arguments().filter(free) {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let letter = arg.get_short().map(|letter| format!("-{letter}"));
            match arg.get_long() {
                Some(long) => options.push(Candidate::new(format!("--{long}"), &help)),
                None => options.extend(letter.clone().map(|l| Candidate::new(l, &help))),
            }
            // The letter alone, typed whole, is a word that is finished.
            if arg.get_long().is_some() && letter.as_deref() == Some(typed) {
                return vec![Candidate::new(typed, help)];
            }
        }
        options
    }
}

fn by_long<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    let is_it = |arg: &&Arg| {
        let aliases = arg.get_all_aliases().unwrap_or_default();
        arg.get_long() == Some(name) || aliases.contains(&name)
    };
    command.get_arguments().find(is_it)
}

/// The next word is its value, whatever it looks like.
fn needs_value(arg: &Arg) -> bool {
    arg.get_num_args()
        .is_none_or(|range| range.min_values() > 0)
}

fn takes_more(arg: &Arg) -> bool {
    arg.get_num_args()
        .is_some_and(|range| range.max_values() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tree() -> Command {
        let mut tree = crate::cli::tree();
        tree.build();
        tree
    }

    /// The words offered, the argument whose values are, and what stands before the value.
    fn at(line: &str) -> (Vec<String>, String, String) {
        let tree = tree();
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let typed = words.pop().unwrap();
        let wanted = wanted(&tree, &words, &typed);
        let arg = wanted.arg.map(|arg| arg.get_id().to_string());
        let words = wanted.words.into_iter().map(|word| word.value);
        (words.collect(), arg.unwrap_or_default(), wanted.before)
    }

    #[test]
    fn commands_stand_first_and_only_there() {
        let (words, ..) = at("");
        assert!(words.contains(&"check".to_owned()));
        assert!(!words.contains(&"hook".to_owned()), "hidden");
        assert_eq!(at("hooks ").0, ["install", "uninstall", "status"]);
        let (events, ..) = at("hook ");
        assert!(events.contains(&"commit-msg".to_owned()), "{events:?}");
        assert_eq!(at("check rollback ").0, [""; 0]);
    }

    #[test]
    fn an_option_is_followed_by_its_value() {
        for line in ["-i ", "check -i ", "-q -i ", "check rollback --incident "] {
            assert_eq!(at(line).1, "incident", "{line}");
        }
        assert_eq!(at("start --severity=P").1, "severity");
        assert_eq!(at("start --severity=P").2, "--severity=");
        assert_eq!(at("start -s P0 ").1, "description");
        assert_eq!(at("-i 2026 check ").1, "item");
        assert_eq!(at("finish --tag ").1, "tag");
        assert_eq!(at("finish --tag --skip ").1, "skip");
        assert_eq!(at("revert v1 ").1, "commits");
        assert_eq!(at("changes v1..v2 ").1, "");
        assert_eq!(at("commit ").1, "");
        assert_eq!(at("commit -- ").1, at("commit -- -a ").1);
    }

    #[test]
    fn an_option_is_offered_once_unless_it_may_come_again() {
        assert!(at("check -").0.contains(&"--evidence".to_owned()));
        assert!(!at("check --skip -").0.contains(&"--skip".to_owned()));
        assert!(at("finish --to a --").0.contains(&"--to".to_owned()));
        assert_eq!(at("check -i").0, ["-i"]);
        assert_eq!(at("check -- -").0, [""; 0]);
        assert_eq!(at("check --evidence -").0, [""; 0]);
    }

    #[test]
    fn the_incident_named_in_the_line_is_known() {
        let tree = tree();
        let words = ["-i".to_owned(), "login".to_owned(), "check".to_owned()];
        assert_eq!(wanted(&tree, &words, "").incident.as_deref(), Some("login"));
    }

    proptest! {
        #[test]
        fn any_words_have_an_answer(words in proptest::collection::vec("[-=a-z]{0,9}|check|hooks|-i|--|--at|é", 0..6), typed in "[-=a-zé]{0,6}") {
            let tree = tree();
            let wanted = wanted(&tree, &words, &typed);
            let whole = wanted.before + &wanted.typed;
            prop_assert_eq!(whole, typed);
        }
    }
}
