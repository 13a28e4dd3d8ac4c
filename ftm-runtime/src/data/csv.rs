//! Tables of numbers separated by commas.

use std::io::BufRead;

use ndarray::Array2;

use crate::error::{CsvProblem, Error};

/// Reads lines of finite numbers separated by commas, rows × columns; blank lines are skipped.
/// `name` is what messages call the source.
///
/// ```
/// let table = ftm_runtime::data::csv("a table", "1, 2.5\n-3, 4e2\n".as_bytes())?;
/// assert_eq!(table, ndarray::array![[1.0, 2.5], [-3.0, 400.0]]);
/// # Ok::<(), ftm_runtime::error::Error>(())
/// ```
///
/// # Errors
/// [`Error::Csv`] for a line that has another number of columns than the first, a field that is
/// not a finite number, or bytes that are not text; [`Error::Empty`] without lines.
pub fn csv(name: &str, source: impl BufRead) -> Result<Array2<f64>, Error> {
    let mut columns = None;
    let mut values = Vec::new();
    for (index, line) in source.lines().enumerate() {
        let bad = |problem| Error::Csv {
            file: name.to_owned(),
            line: index + 1,
            problem,
        };
        let line = line.map_err(|error| bad(CsvProblem::Text(error.to_string())))?;
        // Some programs begin their files with a byte-order mark.
        let line = match index {
            0 => line.strip_prefix('\u{feff}').unwrap_or(&line),
            _ => &line,
        };
        if line.trim().is_empty() {
            continue;
        }
        let before = values.len();
        for (column, field) in line.split(',').enumerate() {
            let number = field
                .trim()
                .parse()
                .ok()
                .filter(|value: &f64| value.is_finite());
            values.push(number.ok_or_else(|| {
                bad(CsvProblem::Number {
                    column: column + 1,
                    field: field.trim().to_owned(),
                })
            })?);
        }
        let given = values.len() - before;
        let expected = *columns.get_or_insert(given);
        if given != expected {
            return Err(bad(CsvProblem::Columns { expected, given }));
        }
    }
    let empty = Error::Empty {
        what: "the table of numbers",
    };
    let Some(columns) = columns else {
        return Err(empty);
    };
    Array2::from_shape_vec((values.len() / columns, columns), values).map_err(|_| empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_number() {
        let table = csv("t", "\u{feff}1,2\n3,4\n".as_bytes()).expect("a table");
        assert_eq!(table, ndarray::array![[1.0, 2.0], [3.0, 4.0]]);
        assert!(csv("t", "1\n\u{feff}2\n".as_bytes()).is_err());
    }

    #[test]
    fn bad_lines_are_named() {
        for (text, message) in [
            (
                "1,2\n3,x\n",
                "line 2 of t: column 2 is `x`, not a finite number",
            ),
            ("1,\n", "line 1 of t: column 2 is ``, not a finite number"),
            (
                "1,inf\n",
                "line 1 of t: column 2 is `inf`, not a finite number",
            ),
            (
                "1,2\n\n3\n",
                "line 3 of t: it has 1 columns, but the first line has 2",
            ),
            ("\n \n", "the table of numbers is empty"),
        ] {
            let error = csv("t", text.as_bytes()).expect_err("a bad table");
            assert_eq!(error.to_string(), message);
        }
        let error = csv("t", &b"1\n\xff\n"[..]).expect_err("not text");
        let text = |problem: &CsvProblem| matches!(problem, CsvProblem::Text(_));
        assert!(matches!(error, Error::Csv { line: 2, problem, .. } if text(&problem)));
    }
}
