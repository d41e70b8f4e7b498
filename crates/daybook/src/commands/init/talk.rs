//! Asking at the terminal. Questions go to stderr, so that what is printed at the end can be kept.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use secrecy::SecretString;

use crate::{failure::Failure, printer::as_said_here};

/// What Ctrl-C is when the terminal does not act on it.
const INTERRUPT: u8 = 3;

/// Somebody at a terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Talk(());

#[expect(clippy::unused_self, reason = "whoever holds one knows that somebody is there")]
impl Talk {
    /// None where nobody can answer.
    pub(super) fn new() -> Option<Self> {
        io::stdin().is_terminal().then_some(Self(()))
    }

    /// Says something, with files and commands as this machine has them.
    pub(super) fn say(self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", as_said_here(text));
    }

    /// Asks for a line. Enter takes what is usual.
    pub(super) fn line(self, asks: &str, usual: &str) -> Result<String, Failure> {
        let offer = if usual.is_empty() { String::new() } else { format!(" [{usual}]") };
        let _ = write!(io::stderr().lock(), "{asks}{offer}: ");
        let line = read()?;
        let line = line.trim();
        Ok(if line.is_empty() { usual.to_owned() } else { line.to_owned() })
    }

    /// Asks for a password, which nobody sees.
    pub(super) fn secret(self, asks: &str) -> Result<Option<SecretString>, Failure> {
        // Hidden before it is asked for: whoever types at once is not seen either.
        let hidden = Hidden::new()?;
        let _ = write!(io::stderr().lock(), "{asks}: ");
        let line = read();
        drop(hidden);
        let _ = writeln!(io::stderr().lock());
        let line = line?;
        if line.bytes().any(|byte| byte == INTERRUPT) {
            return Err(stopped());
        }
        let secret = line.trim_matches(['\r', '\n']);
        Ok((!secret.is_empty()).then(|| SecretString::from(secret)))
    }

    /// Asks for one of several letters, until it is one.
    pub(super) fn choose(self, asks: &str, letters: &[char]) -> Result<char, Failure> {
        loop {
            let answer = self.line(asks, "")?.to_lowercase();
            let mut chars = answer.chars();
            if let (Some(letter), None) = (chars.next(), chars.next())
                && letters.contains(&letter)
            {
                return Ok(letter);
            }
            let letters: Vec<String> = letters.iter().map(char::to_string).collect();
            self.say(&format!("  please answer {}", letters.join(" or ")));
        }
    }
}

fn read() -> Result<String, Failure> {
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(0) => {
            let _ = writeln!(io::stderr().lock());
            Err(stopped())
        }
        Ok(_) => Ok(line),
        Err(error) => Err(Failure::new("init-terminal", error.to_string(), "begin again")),
    }
}

/// Somebody wants to stop here.
pub(super) fn stopped() -> Failure {
    Failure::new(
        "init-stopped",
        "stopped before anything was set up",
        "begin again with the same command: what was answered is offered, passwords are asked again",
    )
}

/// The terminal shows nothing of what is typed while this lives.
struct Hidden(Termios);

impl Hidden {
    fn new() -> Result<Self, Failure> {
        let fault = |error: rustix::io::Errno| {
            let hint = "give the password in a file: `daybook init --answers-example`";
            Failure::new("init-terminal", error.to_string(), hint)
        };
        let before = tcgetattr(io::stdin()).map_err(fault)?;
        let mut during = before.clone();
        // Ctrl-C would leave the terminal dumb: it ends the line instead, and is seen there.
        during.local_modes.remove(LocalModes::ECHO | LocalModes::ISIG);
        during.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        tcsetattr(io::stdin(), OptionalActions::Now, &during).map_err(fault)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // Nothing is left to do about it.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
