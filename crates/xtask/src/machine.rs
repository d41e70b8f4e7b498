//! What the tests need from the machine, from Debian's packages: PostgreSQL's server binaries, and a
//! browser with what drives it.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

/// Installs what is missing; does nothing where all is there.
pub(crate) fn install() -> Result<()> {
    if has_postgres() {
        return Ok(());
    }
    println!("── installing PostgreSQL (apt-get)");
    apt(&["update"])?;
    // Only the binaries are wanted: every test run starts a throw-away cluster of its own.
    apt(&["install", "--yes", "--no-install-recommends", "postgresql"])?;
    if !has_postgres() {
        bail!("initdb is not where it was expected: install Debian's package postgresql by hand");
    }
    Ok(())
}

/// Installs what the browser's tests need: Chromium, and Node with its package manager.
pub(crate) fn install_browser() -> Result<()> {
    programs(&[("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm")])
}

/// Installs what the package's trial needs of this machine, and what reads the unit.
pub(crate) fn install_trial() -> Result<()> {
    programs(&[
        ("adduser", "adduser"),
        ("curl", "curl"),
        ("ip", "iproute2"),
        ("nsenter", "util-linux"),
        ("pgrep", "procps"),
        ("strip", "binutils"),
        ("systemd-analyze", "systemd"),
        ("update-ca-certificates", "ca-certificates"),
    ])
}

/// Installs the packages of those programs that are not there.
fn programs(wanted: &[(&str, &'static str)]) -> Result<()> {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(program, _)| Command::new(program).arg("--version").output().is_err())
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("── installing {} (apt-get)", missing.join(", "));
    apt(&["update"])?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(missing);
    apt(&install)
}

/// Installs Python with what gives a tool's packages a place of their own.
pub(crate) fn install_python() -> Result<()> {
    let has_venv = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    if has_venv.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    println!("── installing Python (apt-get)");
    apt(&["update"])?;
    apt(&["install", "--yes", "--no-install-recommends", "python3", "python3-venv"])
}

fn has_postgres() -> bool {
    let on_path = Command::new("initdb").arg("--version").output().is_ok();
    on_path
        || std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|mut versions| {
            versions.any(|version| {
                version.is_ok_and(|version| Path::new(&version.path()).join("bin/initdb").exists())
            })
        })
}

fn apt(args: &[&str]) -> Result<()> {
    let root = Command::new("id").arg("-u").output()?.stdout.starts_with(b"0\n");
    let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
    if !root {
        command.arg("apt-get");
    }
    let status = command.args(args).env("DEBIAN_FRONTEND", "noninteractive").status()?;
    if !status.success() {
        bail!("apt-get {} failed", args.join(" "));
    }
    Ok(())
}
