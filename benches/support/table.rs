//! Tables of results.

use std::fs;
use std::path::Path;

/// A table that is printed, and written to `target/performance/<name>.csv`.
pub(crate) struct Table {
    name: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(name: &'static str, columns: &[&'static str]) -> Self {
        Self {
            name,
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    /// Prints the table and writes the file.
    pub(crate) fn finish(self) {
        if self.rows.is_empty() {
            return;
        }
        let width = |k: usize| {
            let cells = self.rows.iter().map(|row| row[k].chars().count());
            cells
                .chain([self.columns[k].chars().count()])
                .max()
                .unwrap_or(0)
        };
        let line = |cells: Vec<&str>| {
            let cells: Vec<_> = cells
                .iter()
                .enumerate()
                .map(|(k, cell)| format!("{cell:>width$}", width = width(k)))
                .collect();
            format!("| {} |", cells.join(" | "))
        };
        println!("\n{}", line(self.columns.clone()));
        let rules: Vec<_> = (0..self.columns.len())
            .map(|k| "-".repeat(width(k)))
            .collect();
        println!("|-{}-|", rules.join("-|-"));
        for row in &self.rows {
            println!("{}", line(row.iter().map(String::as_str).collect()));
        }
        let folder = target().join("performance");
        // Some cells have commas.
        let csv = |cells: Vec<&str>| format!("\"{}\"\n", cells.join("\",\""));
        let mut text = csv(self.columns.clone());
        for row in &self.rows {
            text.push_str(&csv(row.iter().map(String::as_str).collect()));
        }
        let path = folder.join(format!("{}.csv", self.name));
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text));
        match written {
            Ok(()) => println!("\nwritten to {}", path.display()),
            Err(error) => println!("\n{} cannot be written: {error}", path.display()),
        }
    }
}

/// The folder that cargo builds into.
pub(crate) fn target() -> &'static Path {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap_or(temporary)
}
