//! The Debian package and the archive, made from a program that was built before: what was tested is
//! what is shipped.

use std::{
    env, fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::{machine, sbom, step};

/// Where packages are put together.
const OUT: &str = "target/package";

/// The musl target whose programs need nothing of the machine.
const STATIC: &str = "x86_64-unknown-linux-musl";

/// Files that are copied as they are: from, to, mode.
const FILES: &[(&str, &str, u32)] = &[
    ("packaging/daybook-admin", "usr/sbin/daybook-admin", 0o755),
    ("packaging/daybook.service", "lib/systemd/system/daybook.service", 0o644),
    ("packaging/daybook.toml", "etc/daybook/daybook.toml", 0o644),
    ("packaging/debian/copyright", "usr/share/doc/daybook/copyright", 0o644),
    ("packaging/debian/lintian-overrides", "usr/share/lintian/overrides/daybook", 0o644),
    ("packaging/grafana/daybook.json", "usr/share/daybook/grafana/daybook.json", 0o644),
    (
        "packaging/prometheus/daybook.rules.yml",
        "usr/share/daybook/prometheus/daybook.rules.yml",
        0o644,
    ),
    // Under the name that hints and documents give them.
    (
        "crates/connectors/src/sitoo/MAPPING.md",
        "usr/share/doc/daybook/crates/connectors/src/sitoo/MAPPING.md",
        0o644,
    ),
    (
        "crates/connectors/src/orderwise/MAPPING.md",
        "usr/share/doc/daybook/crates/connectors/src/orderwise/MAPPING.md",
        0o644,
    ),
    ("SECURITY.md", "usr/share/doc/daybook/SECURITY.md", 0o644),
];

/// What is asked for.
struct Wanted {
    /// The program.
    binary: PathBuf,
    /// Its version, or a made-up one.
    version: Option<String>,
    /// Little compression: for trying.
    quick: bool,
}

/// `cargo xtask package`
pub(crate) fn run(args: &[String]) -> Result<()> {
    let value = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1).cloned()
    };
    let flag = |name: &str| args.iter().any(|arg| arg == name);
    let binary = match value("--binary") {
        Some(path) => PathBuf::from(path),
        None if flag("--static") => build_static()?,
        None => PathBuf::from("target/release/daybook"),
    };
    if !binary.exists() {
        bail!("{} is not there: build it first (cargo build --release)", binary.display());
    }
    if flag("--try") {
        return try_out(&binary);
    }
    let wanted = Wanted { binary, version: value("--version"), quick: flag("--quick") };
    let made = make(&wanted)?;
    println!("{}", made.display());
    println!("{}", archive(&wanted)?.display());
    Ok(())
}

/// A program for every Linux of this architecture, whatever its libraries.
fn build_static() -> Result<PathBuf> {
    if Command::new("musl-gcc").arg("--version").output().is_err() {
        bail!("musl-gcc is missing: apt-get install musl-tools, and rustup target add {STATIC}");
    }
    let mut build = crate::cargo(&["build", "--release", "--package", "daybook"]);
    build.args(["--target", STATIC]).env("CC_x86_64_unknown_linux_musl", "musl-gcc");
    step("static build", &mut build)?;
    Ok(PathBuf::from("target").join(STATIC).join("release/daybook"))
}

/// Two versions, installed, started, killed, upgraded, removed: see the script.
fn try_out(binary: &Path) -> Result<()> {
    if !Command::new("id").arg("-u").output()?.stdout.starts_with(b"0\n") {
        println!("── package on trial: SKIPPED, it needs root for a machine of its own");
        return Ok(());
    }
    machine::install_trial()?;
    let now = program_version(binary)?;
    let make_one = |version: String| {
        make(&Wanted { binary: binary.to_owned(), version: Some(version), quick: true })
    };
    let (one, next) = (make_one(now.clone())?, make_one(format!("{now}+1"))?);
    let mut run = Command::new("packaging/try.sh");
    step("package on trial", run.arg(one).arg(next))
}

/// Puts the package together.
fn make(wanted: &Wanted) -> Result<PathBuf> {
    let version = version(wanted)?;
    let root = Path::new(OUT).join("deb");
    stage(wanted, &root, &version)?;
    let control = root.join("DEBIAN");
    for script in ["postinst", "prerm", "postrm"] {
        copy(&Path::new("packaging/debian").join(script), &control.join(script), 0o755)?;
    }
    copy(Path::new("packaging/debian/conffiles"), &control.join("conffiles"), 0o644)?;
    let sums = "find etc lib usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums";
    step("sums", Command::new("sh").args(["-c", sums]).current_dir(&root))?;
    write(&control.join("control"), &fields(wanted, &root, &version)?)?;
    let target = Path::new(OUT).join(format!("daybook_{version}_{}.deb", architecture()?));
    let mut build = Command::new("dpkg-deb");
    build.arg("--root-owner-group").env("SOURCE_DATE_EPOCH", epoch()?);
    if wanted.quick {
        build.args(["-Zgzip", "-z1"]);
    }
    step("Debian package", build.arg("--build").arg(&root).arg(&target))?;
    if !wanted.quick && Command::new("lintian").arg("--version").output().is_ok() {
        step("lintian", Command::new("lintian").args(["--fail-on", "error,warning"]).arg(&target))?;
    }
    Ok(target)
}

/// The same files as an archive, for machines without dpkg.
fn archive(wanted: &Wanted) -> Result<PathBuf> {
    let libraries = if newest_glibc(&wanted.binary)?.is_some() { "gnu" } else { "static" };
    let name = format!("daybook-{}-{}-linux-{libraries}", version(wanted)?, env::consts::ARCH);
    let root = Path::new(OUT).join(&name);
    stage(wanted, &root, &version(wanted)?)?;
    let target = Path::new(OUT).join(format!("{name}.tar.gz"));
    let mut pack = Command::new("tar");
    pack.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner"]);
    pack.arg(format!("--mtime=@{}", epoch()?)).arg("-C").arg(OUT).arg("-czf");
    step("archive", pack.arg(&target).arg(&name))?;
    Ok(target)
}

/// Everything but the control files, under `root`.
fn stage(wanted: &Wanted, root: &Path, version: &str) -> Result<()> {
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    let program = root.join("usr/bin/daybook");
    copy(&wanted.binary, &program, 0o755)?;
    step("strip", Command::new("strip").arg("--strip-unneeded").arg(&program))?;
    for (from, to, mode) in FILES {
        copy(Path::new(from), &root.join(to), *mode)?;
    }
    for file in fs::read_dir("orderwise/exports")? {
        let file = file?.path();
        let name = file.file_name().context("a file has a name")?;
        copy(&file, &root.join("usr/share/daybook/orderwise").join(name), 0o644)?;
    }
    let said = |args: &[&str]| output(Command::new(&program).args(args).env_clear());
    let shells = [
        ("bash", "usr/share/bash-completion/completions/NAME"),
        ("zsh", "usr/share/zsh/vendor-completions/_NAME"),
        ("fish", "usr/share/fish/vendor_completions.d/NAME.fish"),
    ];
    for (shell, to) in shells {
        for name in ["daybook", "daybook-admin"] {
            let script = said(&["completions", shell, "--name", name])?;
            write(&root.join(to.replace("NAME", name)), &script)?;
        }
    }
    let docs = root.join("usr/share/doc/daybook");
    write(&docs.join("README.md"), &without_sources(&fs::read_to_string("README.md")?)?)?;
    written(Path::new("docs"), &docs.join("docs"))?;
    // Links from one document to another are as in the source.
    symlink("docs/operating.md", docs.join("operating.md"))?;
    symlink("../../daybook", docs.join("packaging"))?;
    fs::create_dir_all(docs.join("orderwise"))?;
    symlink("../../../daybook/orderwise", docs.join("orderwise/exports"))?;
    without_dead_links(&docs)?;
    write(&docs.join("daybook.toml.example"), &said(&["config", "--default"])?)?;
    let parts = sbom::parts()?;
    write(&docs.join("THIRD-PARTY.md"), &parts.list())?;
    write(&docs.join("sbom.cdx.json"), &parts.cyclonedx()?)?;
    write(&docs.join("changelog"), &changelog(version)?)?;
    let (pages, admin) = (root.join("usr/share/man/man1"), root.join("usr/share/man/man8"));
    fs::create_dir_all(&pages)?;
    said(&["man", &pages.display().to_string()])?;
    copy(Path::new("packaging/daybook-admin.8"), &admin.join("daybook-admin.8"), 0o644)?;
    let zip = "gzip -9n usr/share/man/man*/* usr/share/doc/daybook/changelog \
               usr/share/doc/daybook/sbom.cdx.json && chmod -R u=rwX,go=rX .";
    step("compress", Command::new("sh").args(["-c", zip]).current_dir(root))
}

/// Everything that is written for people; the manual's parts are served by the desk.
fn written(from: &Path, to: &Path) -> Result<()> {
    for file in fs::read_dir(from)? {
        let file = file?.path();
        let to = to.join(file.file_name().context("a file has a name")?);
        if file.is_dir() && !file.ends_with("docs/manual") {
            written(&file, &to)?;
        } else if file.is_file() {
            copy(&file, &to, 0o644)?;
        }
    }
    Ok(())
}

/// The README without what concerns only those who have the sources.
fn without_sources(text: &str) -> Result<String> {
    const BEGIN: &str = "<!-- sources: begin -->\n";
    const END: &str = "<!-- sources: end -->\n";
    let mut parts = text.split(BEGIN);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, after) = part.split_once(END).context("README.md: a part of sources has no end")?;
        kept.push_str(after);
    }
    Ok(kept)
}

/// What a document says of the sources stays; a link to what the package does not have goes.
fn without_dead_links(folder: &Path) -> Result<()> {
    for file in fs::read_dir(folder)? {
        let file = file?.path();
        if file.is_symlink() {
            continue;
        }
        if file.is_dir() {
            without_dead_links(&file)?;
        } else if file.extension().is_some_and(|end| end == "md") {
            let is_there = |to: &str| {
                let (to, _) = to.split_once('#').unwrap_or((to, ""));
                to.is_empty() || to.contains(':') || folder.join(to).exists()
            };
            fs::write(&file, unlinked(&fs::read_to_string(&file)?, is_there))?;
        }
    }
    Ok(())
}

fn unlinked(text: &str, is_there: impl Fn(&str) -> bool) -> String {
    let (mut made, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(middle) = rest.find("](") {
        let (before, after) = rest.split_at(middle);
        let to = &after[2..];
        let (start, end) = (before.rfind('['), to.find(')'));
        if let (Some(start), Some(end)) = (start, end)
            && !is_there(&to[..end])
        {
            let start_of_link = start - usize::from(before[..start].ends_with('!'));
            made.push_str(&before[..start_of_link]);
            made.push_str(&before[start + 1..]);
            rest = &to[end + 1..];
        } else {
            made.push_str(before);
            made.push_str("](");
            rest = to;
        }
    }
    made + rest
}

fn fields(wanted: &Wanted, root: &Path, version: &str) -> Result<String> {
    let size = output(Command::new("du").args(["-sk", "--exclude=DEBIAN"]).arg(root))?;
    let size = size.split_whitespace().next().unwrap_or("0");
    let libc = match newest_glibc(&wanted.binary)? {
        Some(minor) => format!(", libc6 (>= 2.{minor}), libgcc-s1"),
        None => String::new(),
    };
    Ok(format!(
        "Package: daybook\nVersion: {version}\nArchitecture: {}\nSection: net\n\
         Priority: optional\nMaintainer: Daybook maintainers <maintainers@daybook.example>\n\
         Installed-Size: {size}\nDepends: adduser, ca-certificates{libc}\n\
         Suggests: postgresql-client, prometheus, grafana\n\
         Description: from the till to the ledger, each transaction exactly once\n \
         Daybook writes down every sale and return that Sitoo POS takes, posts each\n \
         one exactly once to OrderWise, brings products, prices, stock and despatches\n \
         back to the tills, and proves every day, to the penny, that both sides agree.\n",
        architecture()?
    ))
}

fn changelog(version: &str) -> Result<String> {
    let date = output(Command::new("date").args(["-R", "-u", "-d", &format!("@{}", epoch()?)]))?;
    Ok(format!(
        "daybook ({version}) stable; urgency=medium\n\n  * See upgrading.md beside this file.\n\n \
         -- Daybook maintainers <maintainers@daybook.example>  {}\n",
        date.trim()
    ))
}

fn version(wanted: &Wanted) -> Result<String> {
    wanted.version.clone().map_or_else(|| program_version(&wanted.binary), Ok)
}

fn program_version(binary: &Path) -> Result<String> {
    let said = output(Command::new(binary).arg("--version"))?;
    Ok(said.trim().strip_prefix("daybook ").context("it says no version")?.to_owned())
}

/// The moment of the last commit: the same sources make the same package.
fn epoch() -> Result<String> {
    Ok(output(Command::new("git").args(["log", "-1", "--format=%ct"]))?.trim().to_owned())
}

fn architecture() -> Result<String> {
    let said = output(Command::new("dpkg").arg("--print-architecture"))?;
    Ok(said.trim().to_owned())
}

/// The newest version of the C library that a program asks for: 36 is 2.36. None: it needs none.
fn newest_glibc(binary: &Path) -> Result<Option<u32>> {
    const NAME: &[u8] = b"GLIBC_2.";
    let bytes = fs::read(binary).with_context(|| binary.display().to_string())?;
    let digits = |at: usize| {
        let rest = &bytes[at + NAME.len()..];
        let text: String =
            rest.iter().take_while(|byte| byte.is_ascii_digit()).map(|&b| char::from(b)).collect();
        text.parse().ok()
    };
    let found = bytes.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME);
    Ok(found.filter_map(|(at, _)| digits(at)).max())
}

fn copy(from: &Path, to: &Path, mode: u32) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    fs::copy(from, to).with_context(|| from.display().to_string())?;
    Ok(fs::set_permissions(to, fs::Permissions::from_mode(mode))?)
}

fn write(to: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    Ok(fs::write(to, text)?)
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_newest_library_is_found_in_a_program() {
        let file = std::env::temp_dir().join(format!("daybook-glibc-{}", std::process::id()));
        std::fs::write(&file, b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.17\0GLIBC_PRIVATE").unwrap();
        assert_eq!(super::newest_glibc(&file).unwrap(), Some(34));
        std::fs::write(&file, b"nothing of the kind").unwrap();
        assert_eq!(super::newest_glibc(&file).unwrap(), None);
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn links_to_what_is_not_there_become_text() {
        let text = "See [the one](a.md#x), ![a picture](b.png) and [the other](c/d.md).";
        let kept = |to: &str| to.starts_with('a');
        assert_eq!(super::unlinked(text, kept), "See [the one](a.md#x), a picture and the other.");
        assert_eq!(super::unlinked("a ](b", |_| false), "a ](b");
    }

    #[test]
    fn the_package_has_a_readme_without_the_sources() {
        let readme = std::fs::read_to_string("../../README.md").unwrap();
        let kept = super::without_sources(&readme).unwrap();
        assert!(readme.contains("cargo run -- demo") && !kept.contains("cargo build"), "{kept}");
        assert!(kept.contains("daybook-admin init"), "{kept}");
        assert!(super::without_sources("<!-- sources: begin -->\nand no end").is_err());
    }
}
