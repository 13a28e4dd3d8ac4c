//! Every dependency has a licence that `deny.toml` allows.

use std::path::Path;
use std::process::Command;

/// Whether an expression such as `(MIT OR Apache-2.0) AND Unicode-3.0` holds when these licences
/// are taken. What stands with `WITH` is an exception that takes nothing away.
fn allows(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    any(&mut words, allowed)
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut holds = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        holds |= all(words, allowed);
    }
    holds
}

fn all(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut holds = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        holds &= one(words, allowed);
    }
    holds
}

fn one(words: &mut Words<'_>, allowed: &[String]) -> bool {
    match words.next() {
        Some("(") => {
            let holds = any(words, allowed);
            words.next();
            holds
        }
        Some(licence) => {
            if words.next_if_eq(&"WITH").is_some() {
                words.next();
            }
            allowed.iter().any(|name| name == licence)
        }
        None => false,
    }
}

#[test]
fn expressions_of_licences_are_understood() {
    let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
    assert!(allows("MIT OR Apache-2.0", &allowed));
    assert!(allows("GPL-3.0/MIT", &allowed));
    assert!(allows("(Apache-2.0 OR MIT) AND Unicode-3.0", &allowed));
    assert!(!allows("Apache-2.0 AND MIT", &allowed));
    assert!(!allows("", &allowed));
}

#[test]
fn licences_of_all_dependencies_are_allowed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("deny.toml")).expect("it is there");
    let list = text
        .split_once("allow = [")
        .and_then(|(_, rest)| rest.split_once(']'));
    let allowed: Vec<String> = (list.expect("a list of licences").0.split(','))
        .map(|name| name.trim().trim_matches('"').to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "tree",
            "--offline",
            "--workspace",
            "--edges=normal,build,dev",
        ])
        .args(["--prefix=none", "--format={p}|{l}"])
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let mut seen = 0;
    for line in lines.lines().filter(|line| !line.is_empty()) {
        let (package, licence) = line.split_once('|').expect("a package and its licence");
        let licence = licence.trim_end_matches(" (*)");
        assert!(allows(licence, &allowed), "{package}: {licence}");
        seen += 1;
    }
    assert!(seen > 50, "{seen} packages");
}
