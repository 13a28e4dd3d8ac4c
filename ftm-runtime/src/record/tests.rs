//! Records in files, and state on its way to them and back.

use super::*;

fn record(value: f64) -> Record<f64> {
    let mut record = Record::new();
    record.set_tensor("a", vec![1], vec![value]);
    record
}

#[test]
fn only_files_are_replaced_and_links_stay_links() {
    let folder = std::env::temp_dir().join(format!("ftm-records-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).expect("a folder");
    let (file, link) = (folder.join("file"), folder.join("link"));
    record(1.0).save(&file).expect("written");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        record(2.0).save(&link).expect("written");
        assert!(link.is_symlink());
        let read = Record::<f64>::open(&file).expect("a good file");
        assert_eq!(read.tensor("a", &[1]).expect("a tensor"), [2.0]);
    }
    let refused = record(3.0).save(&folder);
    assert!(matches!(refused, Err(Error::WriteFile { .. })));
    // It would never come to an end.
    #[cfg(unix)]
    for no_file in [std::path::Path::new("/dev/null"), &folder] {
        let refused = Record::<f64>::open(no_file).expect_err("no file");
        let refused = refused.to_string();
        assert!(refused.contains("it is not a file"), "{refused}");
    }
    let missing = Record::<f64>::open(&folder.join("other"));
    assert!(matches!(missing, Err(Error::File { .. })));
    // What is in the way of an unfinished file is named.
    let in_the_way = folder.join("other.unfinished");
    std::fs::create_dir(&in_the_way).expect("a folder");
    let refused = record(3.0).save(&folder.join("other"));
    let refused = refused.expect_err("it cannot be written").to_string();
    assert!(
        refused.contains("other.unfinished: it is not a file"),
        "{refused}"
    );
    std::fs::remove_dir(in_the_way).expect("it stays");
    // An unfinished one of before may be a link, and what it leads to is somebody's.
    #[cfg(unix)]
    {
        let others = folder.join("others");
        std::fs::write(&others, "theirs").expect("written");
        let unfinished = folder.join("file.unfinished");
        std::os::unix::fs::symlink(&others, unfinished).expect("a link");
        record(3.0).save(&file).expect("written");
        assert!(!file.is_symlink());
        assert_eq!(std::fs::read(&others).expect("a file"), b"theirs");
        std::fs::remove_file(others).expect("it stays");
    }
    // Nothing unfinished is left.
    let names = std::fs::read_dir(&folder).expect("readable").flatten();
    let names = names.filter(|entry| entry.path() != link);
    assert_eq!(
        names.map(|entry| entry.file_name()).collect::<Vec<_>>(),
        ["file"]
    );
    std::fs::remove_dir_all(folder).expect("removed");
}

/// A state with a part in it, and numbers of some indices.
#[derive(Clone, Debug, PartialEq)]
struct State {
    rate: f64,
    count: usize,
    part: Vec<f64>,
    family: BTreeMap<usize, Vec<f64>>,
    inner: Record<f64>,
}

impl State {
    fn exchange(&mut self, exchange: &mut Exchange<'_, f64>) -> Result<(), Error> {
        exchange.settings(&[("rule", &"State"), ("rate", &self.rate)])?;
        exchange.value("count", &mut self.count)?;
        exchange.within("part", |exchange| exchange.values("v", &mut self.part))?;
        exchange.values("v", &mut vec![0.5; 2])?;
        for index in exchange.indices("m", self.family.keys().copied()) {
            let numbers = self.family.entry(index).or_default();
            exchange.within(&index.to_string(), |exchange| exchange.values("m", numbers))?;
        }
        exchange.record("inner", &mut self.inner);
        Ok(())
    }
}

#[test]
fn the_same_lines_save_and_restore() {
    let mut inner = record(4.0);
    inner.set("text", "more");
    let family = BTreeMap::from([(3, vec![7.0]), (12, vec![8.0, 9.0])]);
    let mut state = State {
        rate: 0.5,
        count: 6,
        part: vec![1.0, 2.0],
        family,
        inner,
    };
    let mut saved = Record::new();
    saved.set_tensor("s.3.other", vec![1], vec![0.0]);
    saved.set_tensor("s.5.other", vec![1], vec![0.0]);
    saved.set_tensor("t.4.m", vec![1], vec![0.0]);
    let given = state.exchange(&mut Exchange::give(&mut saved, "s"));
    given.expect("written");
    assert_eq!(saved.get::<usize>("s.count").expect("a value"), 6);
    assert_eq!(
        saved.tensor("s.part.v", &[2]).expect("a tensor"),
        [1.0, 2.0]
    );
    assert_eq!(saved.tensor("s.12.m", &[2]).expect("a tensor"), [8.0, 9.0]);
    assert_eq!(saved.tensor("s.inner.a", &[1]).expect("a tensor"), [4.0]);
    let empty = |rate| State {
        rate,
        count: 0,
        part: vec![3.0; 5],
        family: BTreeMap::new(),
        inner: Record::new(),
    };
    let mut taken = empty(0.5);
    let done = taken.exchange(&mut Exchange::take(&saved, "s"));
    done.expect("the same settings");
    assert_eq!(taken, state);
    let wrong = |state: &mut State, saved: &Record<f64>, path| {
        let refused = state.exchange(&mut Exchange::take(saved, path));
        refused.expect_err("another one").to_string()
    };
    let setting = wrong(&mut empty(0.25), &saved, "s");
    assert!(
        setting.contains("`s.rate` = 0.5, but here it is 0.25"),
        "{setting}"
    );
    let missing = wrong(&mut empty(0.5), &saved, "t");
    assert!(missing.contains("it has no `t.rule`"), "{missing}");
    saved.tensors.remove("s.part.v");
    let missing = wrong(&mut empty(0.5), &saved, "s");
    assert!(missing.contains("it has no `s.part.v`"), "{missing}");
}
