//! What ends a program when this process is gone before it.

use std::io::Write;
use std::process::{Child, Stdio};

/// A shell that waits for words. The end of its input without `over` means that we are gone, by Ctrl-C,
/// `kill` or a crash: what it watches is asked to end, and what of its group does not is killed.
const SCRIPT: &str = "trap '' HUP INT TERM
while read -r word; do
    test \"$word\" != over || exit 0
    child=$word
done
kill -s TERM -- \"${child:-0}\"
test -z \"$child\" || exit 0
sleep 1
kill -s KILL 0";

/// Ends a program that is left behind: Ctrl-C does not reach another group, `kill` reaches us alone, and
/// a fetch that hangs would do so for ever.
///
/// It is there before the program and leads the group that the program joins, so that there is no moment
/// without it. A program that stays in our own group is made known after its start.
pub(super) struct Guard(Child);

impl Guard {
    /// Nothing where there is no shell, nor on Windows, which has no groups to end.
    pub(super) fn new() -> Option<Guard> {
        let mut shell = super::command("sh");
        shell
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        match cfg!(unix) {
            true => shell.spawn().ok().map(Guard),
            false => None,
        }
    }

    /// The group that it leads and ends.
    pub(super) fn group(&self) -> u32 {
        self.0.id()
    }

    /// Watches a program outside its group.
    pub(super) fn watch(&mut self, child: &Child) {
        self.tell(&child.id().to_string());
    }

    fn tell(&mut self, word: &str) {
        if let Some(stdin) = &mut self.0.stdin {
            // One that was killed with its group needs no word.
            let _ = stdin.write_all(format!("{word}\n").as_bytes());
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.tell("over");
        let _ = self.0.wait();
    }
}
