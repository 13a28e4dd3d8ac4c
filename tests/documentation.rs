//! What the documents name exists: files, examples, benches, packages and tests.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The documents, with the folder that their links start from.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths = vec!["README.md", "ARCHITECTURE.md", "CHANGELOG.md"]
        .into_iter()
        .map(|name| root().join(name))
        .collect::<Vec<_>>();
    let folders = ["docs", "docs/results"].map(|folder| root().join(folder));
    for entry in folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a folder of documents"))
    {
        let path = entry.expect("a readable folder").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a readable document");
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// What stands between two delimiters, outside of blocks of code.
fn between(text: &str, open: &str, close: &str) -> Vec<String> {
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|part| part.split(open).skip(1))
        .filter_map(|part| part.split_once(close))
        .map(|(inside, _)| inside.to_owned())
        .collect()
}

#[test]
fn links_and_paths_lead_somewhere() {
    for (document, text) in documents() {
        let here = document.parent().expect("a document is in a folder");
        for link in between(&text, "](", ")") {
            let exists = link.contains("://") || here.join(&link).exists();
            assert!(exists, "{}: {link}", document.display());
        }
        // In `code`, odd pieces between backticks, what looks like a path of the project.
        let folders = ["src/", "ftm-macros/", "ftm-runtime/", "tests/", "docs/"];
        let more = ["examples/", "benches/", ".ci/"];
        for code in text
            .split("```")
            .step_by(2)
            .flat_map(|part| part.split('`').skip(1).step_by(2))
        {
            if folders.iter().chain(&more).any(|f| code.starts_with(f)) && !code.contains(' ') {
                let exists = root().join(code).exists();
                assert!(exists, "{}: `{code}`", document.display());
            }
        }
    }
}

/// The words after `flag` in all commands of all documents.
fn named_by(flag: &str) -> Vec<(PathBuf, String)> {
    let mut names = Vec::new();
    for (document, text) in documents() {
        let blocks = text.split("```").skip(1).step_by(2);
        for line in blocks.flat_map(str::lines).filter(|l| l.contains("cargo ")) {
            let words: Vec<_> = line.split_whitespace().collect();
            let named = words.windows(2).filter(|pair| pair[0] == flag);
            names.extend(named.map(|pair| (document.clone(), pair[1].to_owned())));
        }
    }
    names
}

#[test]
fn examples_benches_and_packages_of_commands_exist() {
    let anywhere = |folder: &str, name: &str| {
        ["", "ftm-runtime", "ftm-macros"].iter().any(|package| {
            Path::new(&root())
                .join(package)
                .join(folder)
                .join(name)
                .exists()
        })
    };
    for (flag, folder) in [
        ("--example", "examples"),
        ("--bench", "benches"),
        ("--test", "tests"),
    ] {
        for (document, name) in named_by(flag) {
            let exists = ["{}.rs", "{}/main.rs"]
                .iter()
                .any(|file| anywhere(folder, &file.replace("{}", &name)));
            assert!(exists, "{}: {flag} {name}", document.display());
        }
    }
    for (document, package) in named_by("-p") {
        let manifest = root().join(&package).join("Cargo.toml");
        assert!(manifest.exists(), "{}: -p {package}", document.display());
    }
    assert!(named_by("--example").len() >= 3);
}

#[test]
fn every_example_and_bench_is_in_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).expect("a readme");
    for folder in ["examples", "benches"] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("a readable folder").path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.file_stem().and_then(|stem| stem.to_str());
                let name = name.expect("a name in plain letters");
                assert!(readme.contains(&format!("`{name}`")), "{folder}: {name}");
            }
        }
    }
}
