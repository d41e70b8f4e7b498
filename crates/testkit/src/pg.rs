//! Throw-away PostgreSQL: one cluster a process, started when first asked for, gone when the
//! process ends, however it ends. Or a running one, named by `DAYBOOK_TEST_POSTGRES_URL`.

use std::{
    io::{BufRead, BufReader},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

/// Names a running cluster to be used instead: `postgres://user@host/postgres`. Its user must be
/// allowed to create databases.
pub const URL_VARIABLE: &str = "DAYBOOK_TEST_POSTGRES_URL";

/// Asks for a cluster whose commits outlive a power cut: for measurements.
pub const DURABLE_VARIABLE: &str = "DAYBOOK_TEST_POSTGRES_DURABLE";

/// For tests: nothing is synced to disk, a test's data need not outlive the machine.
const CARELESS: &str = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=128MB";

/// Memory as a file system. A database is a thousand files that are made and removed with each test:
/// most of the time of such tests was ext4's search for an inode that was not in use a moment ago.
const MEMORY: &str = "/dev/shm";
/// What has to be free there, in bytes.
const ROOM: u64 = 2 << 30;

/// Runs the cluster until its input is closed, which the system does even for a killed process.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
initdb -D "$1/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$1/log" 2>&1 &&
pg_ctl -D "$1/data" -w -l "$1/log" -o "-k '$1' -c listen_addresses='' $2 \
  -c max_connections=200 -c shared_buffers=32MB" start >>"$1/log" 2>&1 &&
echo ready
read -r _
pg_ctl -D "$1/data" -m immediate stop >/dev/null 2>&1
rm -rf "$1"
"#;

struct Cluster {
    /// Address of its `postgres` database.
    url: String,
    /// Its input is closed when the process ends; that stops the cluster.
    _script: Option<Child>,
}

/// The address of a new, empty database.
pub async fn fresh_database() -> String {
    create("").await
}

async fn create(like: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("daybook_test_{}_{number}", std::process::id());
    run(&format!("DROP DATABASE IF EXISTS {name}")).await;
    run(&format!("CREATE DATABASE {name}{like}")).await;
    url_of(&cluster().url, &name)
}

/// The address of a new database with the tables of a book: a copy of one that was made by `migrate`
/// once in this process. To copy costs a fraction of making the tables.
pub async fn fresh_book<F: Future<Output = ()>>(migrate: impl FnOnce(String) -> F) -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE.get_or_init(|| async {
        let url = fresh_database().await;
        migrate(url.clone()).await;
        name_of(&url).to_owned()
    });
    let template = template.await;
    // Files are copied as they are: the other way would write all of it into the log too.
    create(&format!(" TEMPLATE {template} STRATEGY FILE_COPY")).await
}

/// Removes a database that [`fresh_database`] made, and whoever is still connected to it.
pub async fn drop_database(url: &str) {
    let name = name_of(url);
    run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
}

fn name_of(url: &str) -> &str {
    url.split('?').next().and_then(|url| url.rsplit('/').next()).unwrap_or_default()
}

#[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
async fn run(statement: &str) {
    let url = cluster().url.clone();
    let mut conn = PgConnection::connect(&url).await.expect("the test cluster answers");
    // The names are made above, from numbers.
    let query = sqlx::query(AssertSqlSafe(statement));
    query.execute(&mut conn).await.expect("a database can be created and dropped");
    conn.close().await.expect("the connection closes");
}

/// The same address with another database.
fn url_of(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, ""), |(a, b)| (a, b));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    let options = if options.is_empty() { String::new() } else { format!("?{options}") };
    format!("{base}/{name}{options}")
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| match std::env::var(URL_VARIABLE) {
        Ok(url) if !url.is_empty() => Cluster { url, _script: None },
        _ => start(),
    })
}

#[expect(clippy::expect_used, clippy::panic, reason = "a test without its database cannot go on")]
fn start() -> Cluster {
    let folder = tempfile::Builder::new().prefix("daybook-pg-").tempdir_in(place());
    let folder = folder.expect("a folder");
    // The script removes it.
    let folder = folder.keep();
    let mut command = shell(&folder);
    let mut child = command
        .env("PATH", path_with_postgres())
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // Ctrl-C at the terminal ends the tests; the script must live to clean up.
        .process_group(0)
        .spawn()
        .expect("a shell");
    let mut said = String::new();
    let output = child.stdout.take().expect("piped");
    BufReader::new(output).read_line(&mut said).expect("the script speaks");
    if said.trim() != "ready" {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!(
            "PostgreSQL did not start; install it (apt install postgresql) or set {URL_VARIABLE}\n\
             {log}"
        );
    }
    let url = format!("postgres://postgres@localhost/postgres?host={}", folder.display());
    Cluster { url, _script: Some(child) }
}

/// Where the cluster is: in memory where there is room, on disk where its commits have to last.
fn place() -> PathBuf {
    let df = Command::new("df").args(["--block-size=1", "--output=avail", MEMORY]).output();
    let free = df.ok().and_then(|said| {
        let said = String::from_utf8(said.stdout).ok()?;
        said.lines().last()?.trim().parse::<u64>().ok()
    });
    match free {
        Some(free) if free > ROOM && !is_durable() => PathBuf::from(MEMORY),
        _ => std::env::temp_dir(),
    }
}

fn is_durable() -> bool {
    std::env::var_os(DURABLE_VARIABLE).is_some()
}

/// PostgreSQL refuses to run as root: then its own user runs it, or nobody.
#[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
fn shell(folder: &Path) -> Command {
    let id = |args: &[&str]| {
        let output = Command::new("id").args(args).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse::<u32>().ok()
    };
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o700)).expect("our folder");
    let mut command = if id(&["-u"]) == Some(0) {
        let named = id(&["-u", "postgres"]).map(|uid| ("postgres", uid));
        let (user, uid) = named.unwrap_or(("nobody", 65_534));
        chown(folder, Some(uid), None).expect("root may give a folder away");
        let mut command = Command::new("runuser");
        command.args(["-u", user, "--", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let care = if is_durable() { "" } else { CARELESS };
    command.args(["-c", SCRIPT, "sh"]).arg(folder).arg(care);
    command
}

/// Debian keeps the server's programs out of the usual path.
pub fn path_with_postgres() -> String {
    let usual = std::env::var("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let newest_first = folders.iter().rev().map(|folder| folder.display().to_string());
    let all: Vec<String> = std::iter::once(usual).chain(newest_first).collect();
    all.join(":")
}

#[cfg(test)]
mod tests {
    use super::{drop_database, fresh_database, url_of};

    #[test]
    fn an_address_changes_its_database_only() {
        let url = url_of("postgres://postgres@localhost/postgres?host=/tmp/x", "t_1");
        assert_eq!(url, "postgres://postgres@localhost/t_1?host=/tmp/x");
        assert_eq!(url_of("postgres://u:p@h:5433/postgres", "a"), "postgres://u:p@h:5433/a");
    }

    #[tokio::test]
    async fn every_database_is_new() {
        let (one, other) = (fresh_database().await, fresh_database().await);
        assert_ne!(one, other);
        drop_database(&one).await;
        drop_database(&other).await;
    }
}
