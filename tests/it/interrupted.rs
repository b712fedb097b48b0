//! Ctrl-C and `kill` while something is waited for: it ends at once, with all that it started.
#![cfg(unix)]

use super::support::{Sandbox, is_there};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Nothing that is waited for takes longer, on the slowest machine.
const LIMIT: Duration = Duration::from_secs(30);

/// At once, and when the person has been told what is waited for.
const MOMENTS: [Duration; 2] = [Duration::ZERO, Duration::from_millis(800)];

/// Runs the rest of its arguments as a shell on a terminal does; the pid is in `../pid`.
const AS_A_SHELL: &str = "sh -c 'echo $$ >../pid; exec git-hotfix \"$@\"' sh \"$@\"; exit $?";

/// A server that takes a connection and never says a word.
struct Silent(TcpListener);

impl Silent {
    /// The shop's origin from now on.
    fn origin(shop: &Sandbox) -> Silent {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = format!("git://127.0.0.1:{port}/shop.git");
        shop.git(&["remote", "set-url", "origin", &address]).ok();
        shop.git(&["config", "hotfix.timeout", "60s"]).ok();
        Silent(listener)
    }

    /// The next connection.
    fn called(&self) -> TcpStream {
        let end = Instant::now() + LIMIT;
        loop {
            match self.0.accept() {
                Ok((connection, _)) => return connection,
                Err(_) => assert!(Instant::now() < end, "nobody called"),
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Waits until whoever holds the other end is gone.
fn hung_up(mut connection: TcpStream) {
    connection.set_nonblocking(false).unwrap();
    connection.set_read_timeout(Some(LIMIT / 3)).unwrap();
    let mut said = Vec::new();
    let ended = connection.read_to_end(&mut said);
    assert!(ended.is_ok(), "git still holds the connection: {ended:?}");
}

fn send(signal: &str, pid: &str) {
    let kill = ["-c", "kill -s \"$1\" \"$2\"", "sh", signal, pid.trim()];
    assert!(Command::new("sh").args(kill).status().unwrap().success());
}

/// A program that hears signals, also where the tests run in the background: a shell has what it starts
/// there ignore Ctrl-C, which is inherited.
fn listening(shop: &Sandbox, program: &str) -> Command {
    const HEARD: &str = "--default-signal=INT,TERM";
    let mut trial = shop.command("env", "shop");
    let trial = trial.args([HEARD, "true"]).stderr(Stdio::null());
    if !trial.status().is_ok_and(|status| status.success()) {
        return shop.command(program, "shop");
    }
    let mut command = shop.command("env", "shop");
    command.args([HEARD, program]);
    command
}

fn begin(shop: &Sandbox, arguments: &[&str]) -> Child {
    let mut shell = listening(shop, "sh");
    shell
        .args(["-c", AS_A_SHELL, "sh"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    shell.spawn().unwrap()
}

/// Every lock that git or we may leave behind.
fn locks(shop: &Sandbox) -> String {
    let find = "find . ../home -name '*.lock' -print";
    shop.shell_in("shop", &[], find).ok().stdout
}

/// Interrupts a command that waits for the silent server, at either moment, and holds that nothing of
/// it is left.
fn is_ended_by(shop: &Sandbox, arguments: &[&str], signal: &str, code: i32) {
    let server = Silent::origin(shop);
    for moment in MOMENTS {
        let refs = shop.refs("shop");
        let shell = begin(shop, arguments);
        let connection = server.called();
        std::thread::sleep(moment);
        send(signal, &shop.read("pid"));
        let left = shell.wait_with_output().unwrap();
        assert_eq!(left.status.code(), Some(code), "{arguments:?} {moment:?}");
        assert!(left.stdout.is_empty(), "{left:?}");
        hung_up(connection);
        assert_eq!(shop.refs("shop"), refs, "{arguments:?} {moment:?}");
        assert_eq!(locks(shop), "", "{arguments:?} {moment:?}");
    }
}

#[test]
fn an_interrupted_fetch_is_gone_and_has_moved_nothing() {
    let shop = Sandbox::shop();
    is_ended_by(&shop, &["start", "Login is down"], "INT", 130);
    is_ended_by(&shop, &["start", "Login is down"], "TERM", 143);
    // Afterwards it works as if nothing had been.
    shop.git(&["remote", "set-url", "origin", "../origin.git"])
        .ok();
    shop.hotfix(&["start", "Login is down"]).ok();
}

#[test]
fn an_interrupted_landing_has_landed_nowhere() {
    let shop = Sandbox::ready();
    is_ended_by(&shop, &["finish", "--push"], "INT", 130);
    shop.git(&["remote", "set-url", "origin", "../origin.git"])
        .ok();
    shop.hotfix(&["finish", "--push"]).ok();
}

#[test]
fn an_interrupted_push_is_gone() {
    let shop = Sandbox::ready();
    is_ended_by(&shop, &["publish"], "INT", 130);
}

/// ssh, or a helper of git, that does not want to go.
#[test]
fn what_does_not_heed_the_signal_is_killed() {
    let shop = Sandbox::shop();
    let ssh = shop.executable(
        "ssh",
        "#!/bin/sh\ntrap '' INT TERM\necho $$ >\"$0.pid\"\nwhile :; do sleep 0.1; done\n",
    );
    shop.git(&["config", "core.sshCommand", &ssh]).ok();
    let origin = ["remote", "set-url", "origin", "git@example.com:shop.git"];
    shop.git(&origin).ok();
    let shell = begin(&shop, &["start", "Login is down"]);
    until("ssh was started", || shop.path("ssh.pid").exists());
    send("INT", &shop.read("pid"));
    let left = shell.wait_with_output().unwrap();
    assert_eq!(left.status.code(), Some(130));
    let pid = shop.read("ssh.pid");
    until("ssh was ended", || {
        let look = shop.shell_in("shop", &[], &format!("kill -0 {pid}"));
        look.code != 0
    });
}

/// On a terminal a push may ask for a passphrase, so it stands in the group that Ctrl-C reaches; `kill`
/// reaches us alone.
#[test]
fn on_a_terminal_a_push_ends_too() {
    if !is_there("script") {
        return;
    }
    for (by_key, code) in [(true, 130), (false, 143)] {
        let shop = Sandbox::ready();
        let server = Silent::origin(&shop);
        // The shell stays until it is told: its end would hang up the terminal, which ends all there.
        let line =
            "sh -c 'echo $$ >../pid; exec git-hotfix publish'; code=$?; read -r x; exit $code";
        let mut terminal = listening(&shop, "script");
        terminal
            .args(["-q", "-e", "-c", line, "/dev/null"])
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let mut terminal = terminal.spawn().unwrap();
        let connection = server.called();
        let mut keys = terminal.stdin.take().unwrap();
        match by_key {
            true => keys.write_all(b"\x03").unwrap(),
            false => send("TERM", &shop.read("pid")),
        }
        hung_up(connection);
        keys.write_all(b"\r").unwrap();
        assert_eq!(terminal.wait().unwrap().code(), Some(code));
        assert!(!shop.has("refs/remotes/origin/hotfix/login-is-down"));
    }
}

/// Waits until something is so.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !is_so() {
        assert!(Instant::now() < end, "not yet: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
