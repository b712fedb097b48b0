//! A shell on a terminal: what is typed into it, and what it says.
//!
//! script(1) gives it a terminal of its own; Debian has it in every system.

use crate::support::Sandbox;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Nothing that is waited for takes longer, on the slowest machine.
const LIMIT: Duration = Duration::from_secs(30);

/// What C-x C-d is bound to prints the line; C-u clears it.
const DUMP: &str = "\u{18}\u{4}";
const CLEAR: &str = "\u{15}";

pub struct Terminal {
    shell: Child,
    keys: ChildStdin,
    screen: Receiver<Vec<u8>>,
    said: String,
}

impl Terminal {
    /// A shell in a folder of the sandbox, at its first prompt.
    pub fn open(shop: &Sandbox, shell: &str, folder: &str) -> Terminal {
        let start = match shell {
            "bash" => "exec bash --rcfile $HOME/.bashrc -i",
            // Without the settings of the machine, which may ask questions.
            "zsh" => "exec zsh -d -i",
            other => other,
        };
        let mut child = shop
            .command("script", folder)
            .args(["-q", "-e", "-c", start, "/dev/null"])
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let keys = child.stdin.take().unwrap();
        let mut output = child.stdout.take().unwrap();
        let (sender, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut terminal = Terminal {
            shell: child,
            keys,
            screen,
            said: String::new(),
        };
        terminal.wait_for(0, "READY> ");
        terminal
    }

    /// What the line is after TAB; it is cleared then.
    pub fn completed(&mut self, typed: &str) -> String {
        let from = self.said.len();
        self.press(&format!("{typed}\t{DUMP}"));
        self.wait_for(from, ">\r\n");
        let line = self.said[from..].rsplit_once("LINE<").unwrap().1;
        let line = line.rsplit_once(">\r\n").unwrap().0.to_owned();
        self.clear();
        line
    }

    /// What is said at TAB and TAB again, of the values that fit.
    pub fn shown(&mut self, typed: &str) -> String {
        let from = self.said.len();
        self.press(&format!("{typed}\t\t{DUMP}"));
        self.wait_for(from, "LINE<");
        self.wait_for(from, ">\r\n");
        let said = self.said[from..].to_owned();
        self.clear();
        said
    }

    /// Types a line and enters it; returns when it has been run.
    pub fn run(&mut self, typed: &str) {
        let from = self.said.len();
        self.press(&format!("{typed}{DUMP}"));
        self.wait_for(from, "LINE<");
        self.press("\r");
        self.settle();
    }

    /// Everything on the screen so far.
    pub fn said(&self) -> &str {
        &self.said
    }

    fn clear(&mut self) {
        self.press(CLEAR);
        self.settle();
    }

    /// Waits until the shell has done everything so far and reads keys again: those that come before
    /// it does are the terminal's to judge, and C-d then ends the input.
    fn settle(&mut self) {
        let from = self.said.len();
        self.press("echo SET''TLED\r");
        let at = self.wait_for(from, "SETTLED\r\n");
        self.wait_for(at, "READY> ");
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    #[track_caller]
    fn wait_for(&mut self, from: usize, words: &str) -> usize {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(at) = self.said[from..].find(words) {
                return from + at;
            }
            let left = end.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.screen.recv_timeout(left) else {
                panic!("no {words:?} in {:?}", &self.said[from..]);
            };
            self.said.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
