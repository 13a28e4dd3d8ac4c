//! What the examples refuse, say and count, by their modules.

#![allow(dead_code, reason = "only a part of each module is tested")]

#[path = "../examples/paper_table/comparison.rs"]
mod comparison;
#[path = "../examples/names/mod.rs"]
mod names;
#[path = "../examples/output/mod.rs"]
mod output;
#[path = "../examples/paper_table/pictures.rs"]
mod pictures;
#[path = "../examples/program/mod.rs"]
mod program;
#[path = "../examples/paper_table/recipe.rs"]
mod recipe;
#[path = "../examples/paper_table/report.rs"]
mod report;
#[path = "../examples/paper_table/table.rs"]
mod table;
#[path = "../examples/training/mod.rs"]
mod training;

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use clap::Parser;
use ftm::functions::paper::Sine;
use ftm::network::Network;
use recipe::Kind;
use training::{Steps, Training};

/// An empty folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Nothing can be written to it.
struct Full(ErrorKind);

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_may_go_but_a_full_disk_is_an_error() {
    let print = |kind| program::print(Full(kind), format_args!("text"));
    assert!(print(ErrorKind::BrokenPipe).is_ok());
    assert!(print(ErrorKind::StorageFull).is_err());
    let mut text = Vec::new();
    program::print(&mut text, format_args!("{} digits", 10)).expect("there is room");
    assert_eq!(text, b"10 digits\n");
}

const ROWS: &str =
    "function,depth,seed,rate,test_accuracy,validation_accuracy,epochs,seconds,parameters";
const EPOCHS: &str = "function,depth,seed,epoch,training_loss,validation_accuracy";

#[test]
fn a_report_checks_every_row_before_it_writes_anything() {
    let folder = folder("report");
    let document = folder.join("results.md");
    let good = "F17,5,1,0.012,0.9800,0.9811,10,39.1,169098";
    let good_epoch = "F17,5,1,1,0.3,0.9";
    let write = |row: &str, epoch: &str| {
        let file = |name: &str, text: String| fs::write(folder.join(name), text).expect("written");
        file("paper_table.csv", format!("{ROWS}\n{good}\n{row}\n"));
        file("paper_table_epochs.csv", format!("{EPOCHS}\n{epoch}\n"));
        file("paper_table_recipe.txt", "a recipe".to_owned());
        file("accuracy.svg", "a picture".to_owned());
        report::write(&folder, &document).map_err(|error| error.to_string())
    };
    for (row, problem) in [
        (
            "F99,5,2,0.012,0.98,0.98,10,39.1,169098",
            "column `function`: `F99`",
        ),
        (
            "F1,5,2,0.012,0.98,0.98,10,39.1,169098",
            "column `function`: `F1`",
        ),
        (
            "Linear of width 0128,5,2,1,0.98,0.98,10,39.1,169098",
            "column `function`",
        ),
        (
            "F17,0,2,0.012,0.98,0.98,10,39.1,169098",
            "column `depth`: `0` is not at least 1",
        ),
        (
            "F17,5,-2,0.012,0.98,0.98,10,39.1,169098",
            "column `seed`: `-2`",
        ),
        (
            "F17,5,2,NaN,0.98,0.98,10,39.1,169098",
            "column `rate`: `NaN` is not finite",
        ),
        (
            "F17,5,2,-0.012,0.98,0.98,10,39.1,169098",
            "column `rate`: `-0.012`",
        ),
        (
            "F17,5,2,0.012,1.01,0.98,10,39.1,169098",
            "column `test_accuracy`: `1.01`",
        ),
        (
            "F17,5,2,0.012,0.98,NaN,10,39.1,169098",
            "column `validation_accuracy`: `NaN`",
        ),
        (
            "F17,5,2,0.012,0.98,0.98,0,39.1,169098",
            "column `epochs`: `0`",
        ),
        (
            "F17,5,2,0.012,0.98,0.98,10,-1,169098",
            "column `seconds`: `-1`",
        ),
        (
            "F17,5,2,0.012,0.98,0.98,10,inf,169098",
            "column `seconds`: `inf`",
        ),
        (
            "F17,5,2,0.012,0.98,0.98,10,39.1,many",
            "column `parameters`: `many`",
        ),
        ("F17,5,2", "`F17,5,2`: 3 fields, but 9 are needed"),
        (
            "F17,5,1,0.006,0.9,0.9,1,1,1",
            "`F17,5,1,0.006,0.9,0.9,1,1,1`: line 2 is of the same",
        ),
    ] {
        let error = write(row, good_epoch).expect_err(row);
        let place = format!("paper_table.csv: line 3, {problem}");
        assert!(error.contains(&place), "{error}");
    }
    let next = "F17 as declared,5,1,0.006,0.9806,0.9806,10,39.1,169098";
    for (epoch, column) in [
        ("F17,5,1,0,0.3,0.9", "epoch"),
        ("F17,5,1,1,NaN,0.9", "training_loss"),
    ] {
        let error = write(next, epoch).expect_err(epoch);
        let place = format!("paper_table_epochs.csv: line 2, column `{column}`");
        assert!(error.contains(&place), "{error}");
    }
    let twice = format!("{good_epoch}\nF17,5,1,2,0.2,0.9\n{good_epoch}");
    let error = write(next, &twice).expect_err("an epoch twice");
    let place = format!("paper_table_epochs.csv: line 4, `{good_epoch}`: line 2 is of the same");
    assert!(error.contains(&place), "{error}");
    let picture = fs::read_to_string(folder.join("accuracy.svg")).expect("a file");
    assert!(picture == "a picture" && !document.exists());
    write(next, good_epoch).expect("good rows");
    assert!(document.exists());
    // Pictures are linked from where the document is.
    let above = folder.with_extension("md");
    report::write(&folder, &above).expect("good rows");
    for document in [document, above] {
        let text = fs::read_to_string(&document).expect("a document");
        let links = text
            .match_indices("](")
            .map(|(place, _)| &text[place + 2..]);
        let pictures: Vec<_> = (links.filter_map(|link| link.split_once(')')))
            .filter(|(link, _)| link.ends_with(".svg"))
            .map(|(link, _)| document.with_file_name(link))
            .collect();
        assert_eq!(pictures.len(), 2);
        assert!(
            pictures.iter().all(|picture| picture.exists()),
            "{pictures:?}"
        );
    }
    let picture = fs::read_to_string(folder.join("accuracy.svg")).expect("a file");
    assert!(picture.contains("98"));
}

#[test]
fn a_mean_is_printed_on_the_side_that_it_is_counted_on() {
    let folder = folder("counted");
    let seeds = [(1, 0.98), (2, 0.9795), (3, 0.9804)];
    let row = |(seed, accuracy)| format!("F17,5,{seed},0.012,{accuracy},0.98,10,1,1\n");
    let rows = seeds.map(row).concat();
    fs::write(folder.join("paper_table.csv"), format!("{ROWS}\n{rows}")).expect("written");
    let table = table::Table::open(&folder).expect("good rows");
    let mean = report::accuracy(&table, "F17", 5);
    assert!(mean < Some(98.0));
    assert_eq!(report::cell(mean), "97.997");
    assert_eq!(report::cell(Some(97.69)), "97.69");
    assert_eq!(report::cell(Some(98.0)), "98.00");
    assert_eq!(report::cell(None), "–");
}

#[test]
fn rows_of_a_table_have_sensible_depths() {
    let rows = |depth| recipe::rows(&["F12".to_owned()], &[depth], &[1], &[Kind::Formula]);
    assert_eq!(rows(10).expect("a good depth").len(), 1);
    for depth in [0, 101, usize::MAX] {
        let error = rows(depth).err().expect("no such depth").to_string();
        assert!(error.contains(&format!("the depth is {depth}")), "{error}");
    }
}

#[test]
fn nothing_is_in_the_way_of_a_row_before_it_is_trained() {
    let folder = folder("in_the_way");
    let table = table::Table::open(&folder).expect("no rows yet");
    table.check_writable().expect("nothing is there");
    fs::create_dir(folder.join("paper_table_epochs.csv.part")).expect("a folder");
    let error = table.check_writable().expect_err("it is in the way");
    assert!(
        error.contains("paper_table_epochs.csv.part: it is not a file"),
        "{error}"
    );
}

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    training: Training,
}

/// Trains a small network with these options.
fn train(options: &[&str]) -> Result<(), String> {
    let words = ["example", "--epochs", "1"].iter().chain(options);
    let training = Options::try_parse_from(words)
        .expect("good options")
        .training;
    let sets = training.sets().expect("they are embedded");
    let mut network = Network::new(64)
        .functional(Sine, 10)
        .build(1)
        .expect("a good network");
    let steps = Steps {
        rate: 1e-3,
        batch: 500,
    };
    let trained = training.train(&mut network, &sets, steps);
    trained.map_err(|error| error.to_string())
}

#[test]
fn every_optimiser_has_weight_decay() {
    for optimiser in ["sgd", "momentum", "nesterov", "rms-prop", "adam"] {
        let error = train(&["--optimiser", optimiser, "--weight-decay=-1"]);
        let error = error.expect_err(optimiser);
        assert!(error.contains("the weight decay is -1"), "{error}");
    }
}

#[test]
fn a_network_that_could_not_be_saved_is_not_trained() {
    let folder = folder("unsaved");
    let path = folder.join("network");
    fs::create_dir(folder.join("network.unfinished")).expect("a folder");
    let error = train(&["--save", &path.display().to_string()]);
    let error = error.expect_err("it cannot be saved");
    assert!(
        error.contains("network.unfinished: it is not a file"),
        "{error}"
    );
}
