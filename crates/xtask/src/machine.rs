//! What the tests need from the machine: PostgreSQL's server binaries, from Debian's packages.

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
