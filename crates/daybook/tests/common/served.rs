//! The real `daybook serve`, killed and started again.

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use daybook_testkit::live::{Live, until};

/// Long, because a test must not fail only because the machine is busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// Short pauses, so that much happens between two kills. OrderWise takes a few milliseconds for an
/// order, and shows each at once: what is not found a settling time later is not there.
pub(crate) const QUICK: &str = r#"
web.listen = "127.0.0.1:0"
log.level = "info"
sitoo.page-size = 40
sitoo.timeout = "750ms"
orderwise.timeout = "750ms"
orderwise.per-second = 0
receive.poll-every = "50ms"
receive.missing-ask-every = "200ms"
receive.open-ask-every = "500ms"
posting.in-flight = 4
posting.batch = 16
posting.poll-every = "50ms"
posting.settling-time = "300ms"
posting.lease = "4500ms"
posting.confirm-after = "100ms"
posting.recheck-every = "1s"
posting.backoff = { first = "50ms", longest = "500ms", jitter-percent = 20 }
posting.breaker-backoff = { first = "50ms", longest = "300ms", jitter-percent = 20 }
reference.refresh-every = "300ms"
"#;

/// Processes in a folder with settings.
pub(crate) struct Served {
    folder: PathBuf,
    running: Vec<Child>,
}

impl Served {
    /// None runs yet.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), running: Vec::new() }
    }

    /// The program with these arguments, and nothing of this machine's environment.
    pub(crate) fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
        command.args(args).args(["--config", "daybook.toml"]).current_dir(&self.folder);
        command.env_clear().env("USER", "ada").stdin(Stdio::null());
        command
    }

    /// One more.
    pub(crate) fn start(&mut self) {
        let process = self.spawn(self.running.len());
        self.running.push(process);
    }

    fn spawn(&self, number: usize) -> Child {
        let log = File::options().create(true).append(true).open(self.log_of(number)).unwrap();
        self.program(&["serve"]).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    /// Kills one and starts another in its place.
    pub(crate) fn kill(&mut self, number: usize) {
        self.running[number].kill().unwrap();
        let status = self.running[number].wait().unwrap();
        assert_eq!(status.code(), None, "it ended by itself: {}", self.last_words(number));
        self.running[number] = self.spawn(number);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.running.len()
    }

    fn log_of(&self, number: usize) -> PathBuf {
        self.folder.join(format!("serve-{number}.log"))
    }

    /// Waits for `more` of what is counted. What is rare may be done for good: then `many` requests of
    /// any kind will do.
    pub(crate) async fn see(
        &self,
        live: &Live,
        (more, many): (u64, u64),
        counted: impl Fn() -> u64,
    ) {
        let (orderwise, sitoo) = (&live.sandbox.orderwise_faults, &live.sandbox.sitoo_faults);
        let all = || orderwise.counts().all() + sitoo.counts().all();
        let (enough, many) = (counted() + more, all() + many);
        let came = until(PATIENCE, || counted() >= enough || all() >= many).await;
        assert!(came, "nothing happens any more: {}", self.last_words(0));
    }

    /// The end of one's log.
    pub(crate) fn last_words(&self, number: usize) -> String {
        let log = fs::read_to_string(self.log_of(number)).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].iter().fold(String::new(), |mut text, line| {
            let _ = write!(text, "\n{line}");
            text
        })
    }

    /// Kills all.
    pub(crate) fn stop(&mut self) {
        for mut process in self.running.drain(..) {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop();
    }
}
