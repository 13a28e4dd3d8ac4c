//! Files with every kind of damage: an error and no panic, at once, and no more memory than a
//! small multiple of the file.
//!
//! `FTM_DAMAGED_FILES=1000000 cargo test --release --test damaged_files` tries a million; the
//! default is 3000.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use ftm::checkpoint::Checkpoints;
use ftm::data::{Dataset, Idx, Standardizer, csv};
use ftm::functions::Library as _;
use ftm::functions::activation::Tanh;
use ftm::functions::paper::{SignedSquare, Sine};
use ftm::layer::Blocks;
use ftm::model::Model;
use ftm::prelude::*;
use ndarray::Array2;
use peak_alloc::PeakAlloc;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Bytes that reading a file may take for each of its bytes. The header of a model takes the
/// most: of some hundred bytes of JSON for a tensor come a name, a shape and places in maps, and
/// while it is parsed each number is an element of a vector that grows in doublings.
const BYTES_PER_BYTE: usize = 40;
/// And for each byte of a compressed one, of which DEFLATE can make 1032.
const BYTES_PER_COMPRESSED_BYTE: usize = 2 * 1032;
/// For what does not depend on the file: messages, layers' distributions.
const BYTES: usize = 1 << 17;
/// Reading may take this long.
const LONGEST: Duration = Duration::from_secs(5);

const NUMBERS: [&str; 9] = [
    "0",
    "-1",
    "1e999",
    "18446744073709551615",
    "4611686018427387904",
    "null",
    "[[[[[[[[]]]]]]]]",
    "0.5",
    "\"\"",
];

fn network() -> Network<f32> {
    Network::new(3)
        .functional(Sine, 2)
        .normalization()
        .activation(Tanh)
        .dropout(0.5)
        .functional(SignedSquare, 2)
        .blocks(Blocks::of_outputs().edges(Sine, 1).edges(SignedSquare, 2))
        .blocks(Blocks::of_inputs(2).edges(SignedSquare, 1).edges(Sine, 2))
        .build(1)
        .expect("a good network")
}

fn data() -> Dataset<f32> {
    let x = Array2::from_shape_fn((6, 3), |(n, i)| ((n * 3 + i) as f32).sin());
    Dataset::classification(x, vec![0, 1, 0, 1, 1, 0], 2).expect("good data")
}

/// Trains, or goes on with, what takes no time.
fn train(checkpoints: &Checkpoints) -> Result<(), Error> {
    let (data, latest) = (data(), checkpoints.latest()?);
    Trainer::new(SoftmaxCrossEntropy, Adam::new(0.1)?)
        .epochs(2)
        .batch(2)
        .progress(false)
        .validation(&data)
        .checkpoints(checkpoints.clone())
        .resume(latest.checkpoint)
        .fit(&mut network(), &data)?;
    Ok(())
}

type Read = Box<dyn Fn(&[u8]) -> Result<(), Error>>;

/// A kind of file: a good one, and what reads it.
struct Kind {
    name: &'static str,
    good: Vec<u8>,
    /// Whether its last 32 bytes are a sum of the others.
    has_sum: bool,
    bytes_per_byte: usize,
    read: Read,
}

fn kinds(folder: &Path) -> Vec<Kind> {
    let scaling = Standardizer::of(data().inputs()).expect("rows");
    let model = Model::of(&network()).with_scaling(&scaling);
    let functions = f32::functions();
    let read_model = move |bytes: &[u8]| {
        let model = Model::<f32>::from_bytes("it", bytes)?;
        model.load_into(&mut network())?;
        model.network(&functions).map(drop)
    };

    let directory = folder.join("checkpoints");
    let _ = fs::remove_dir_all(&directory);
    let checkpoints = Checkpoints::in_directory(&directory);
    train(&checkpoints).expect("it trains");
    let latest = checkpoints.latest::<f32>().expect("readable").checkpoint;
    let path = latest.expect("there is one").path().to_owned();
    let checkpoint = fs::read(&path).expect("readable");
    let read_checkpoint = move |bytes: &[u8]| {
        fs::remove_dir_all(&directory).expect("removed");
        fs::create_dir(&directory).expect("made");
        fs::write(&path, bytes).expect("written");
        train(&checkpoints)
    };

    let mut idx = vec![0, 0, 8, 2, 0, 0, 0, 20, 0, 0, 0, 10];
    idx.extend((0..200).map(|k| k as u8));
    let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
    compressed.write_all(&idx).expect("memory");
    let read_idx = |bytes: &[u8]| Idx::read("it", bytes, 2).map(drop);
    let table = "1, 2.5, -3e4\n0.1, 7, 8\n\n-1, 0, 1e-9\n";
    let read_table = |bytes: &[u8]| csv("it", bytes).map(drop);
    let kind = |name, good, read| Kind {
        name,
        good,
        has_sum: false,
        bytes_per_byte: BYTES_PER_BYTE,
        read,
    };
    let model = model.to_bytes().expect("bytes");
    let compressed = compressed.finish().expect("memory");
    let mut kinds = vec![
        kind("a model", model, Box::new(read_model) as Read),
        kind("a checkpoint", checkpoint, Box::new(read_checkpoint)),
        kind("an IDX file", idx, Box::new(read_idx)),
        kind("a compressed IDX file", compressed, Box::new(read_idx)),
        kind("a table", table.into(), Box::new(read_table)),
    ];
    (kinds[0].has_sum, kinds[1].has_sum) = (true, true);
    kinds[3].bytes_per_byte = BYTES_PER_COMPRESSED_BYTE;
    kinds
}

/// Changes a file in one to three ways.
fn damage(bytes: &mut Vec<u8>, random: &mut Xoshiro256PlusPlus) {
    let mut below = |count: usize| (random.next_u64() % count.max(1) as u64) as usize;
    for _ in 0..1 + below(3) {
        let (at, length) = (below(bytes.len()), below(40));
        let end = (at + length).min(bytes.len());
        match below(9) {
            0 => bytes.truncate(at),
            1 => bytes.extend((0..length).map(|k| k as u8)),
            2 => {
                bytes.drain(at..end);
            }
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 => bytes[at..end].fill(0xff),
            5 => bytes[at..end].fill(0),
            // A number in a text, or what looks like one.
            6 => {
                let digits = |byte: &u8| byte.is_ascii_digit();
                let first = at + bytes[at..].iter().position(digits).unwrap_or(0);
                let count = bytes[first..]
                    .iter()
                    .take_while(|byte| digits(byte))
                    .count();
                let number = NUMBERS[below(NUMBERS.len())].bytes();
                bytes.splice(first..first + count, number);
            }
            // The length of a header, or the first bytes of anything.
            7 if bytes.len() >= 8 => {
                let byte = below(8);
                bytes[byte] = below(256) as u8;
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << below(8);
                }
            }
        }
    }
}

/// As an attacker would: the header's length and the sum fit what is there.
fn seal(bytes: &mut [u8], header: usize) {
    if let Some(length) = bytes.first_chunk_mut() {
        *length = (header as u64).to_le_bytes();
    }
    if let Some((content, sum)) = bytes.split_last_chunk_mut::<32>() {
        sum.copy_from_slice(&Sha256::digest(content));
    }
}

fn number(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => default,
    }
}

/// Headers made to take as much memory as they can.
fn hungry_headers() -> [String; 4] {
    let sum = r#""sha256":{"dtype":"U8","shape":[32],"data_offsets":[0,32]}"#;
    let shape = format!("0{}", ",0".repeat(50_000));
    let tensors =
        (0..5_000).map(|k| format!(r#""{k}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}},"#));
    let layer = r#"{\"inputs\":9,\"kind\":{\"dropout\":0.5},\"name\":\"\",\"outputs\":9}"#;
    let layers = vec![layer; 5_000].join(",");
    let zeros = "[".repeat(100) + &"0,".repeat(50_000) + "0" + &"]".repeat(100);
    let metadata = |text: &str| format!(r#"{{"__metadata__":{{"ftm":"{{{text}}}"}},{sum}}}"#);
    [
        format!(r#"{{"a":{{"dtype":"F32","shape":[{shape}],"data_offsets":[0,0]}},{sum}}}"#),
        format!("{{{}{sum}}}", tensors.collect::<String>()),
        metadata(&format!(r#"\"version\":1,\"layers\":[{layers}]"#)),
        metadata(&format!(r#"\"version\":1,\"layers\":{zeros}"#)),
    ]
}

#[test]
fn damaged_files_are_refused() {
    let (files, seed) = (
        number("FTM_DAMAGED_FILES", 3000),
        number("FTM_RANDOM_SEED", 1),
    );
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("damaged-files");
    fs::create_dir_all(&folder).expect("a folder");
    let kinds = kinds(&folder);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (mut refused, mut greatest) = (0, 0.0_f64);
    let mut read = |kind: &Kind, bytes: &[u8], about: &str| {
        let timed = || {
            let begin = Instant::now();
            let is_refused = (kind.read)(bytes).is_err();
            (is_refused, begin.elapsed())
        };
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        let (is_refused, mut time) = timed();
        refused += u64::from(is_refused);
        let taken = ALLOCATOR.peak_usage().saturating_sub(before);
        if time >= LONGEST {
            // A machine may stop this process for any time, but hardly at one file twice.
            time = timed().1;
        }
        assert!(time < LONGEST, "{about}: {time:?}");
        let allowed = BYTES + kind.bytes_per_byte * bytes.len();
        assert!(taken <= allowed, "{about}: {taken} bytes of {allowed}");
        greatest = greatest.max(taken as f64 / allowed as f64);
    };
    for header in hungry_headers() {
        let mut bytes = vec![0; 8];
        bytes.extend(header.bytes());
        bytes.extend([0; 32]);
        seal(&mut bytes, header.len());
        read(&kinds[0], &bytes, &header[..60]);
    }
    for file in 0..files {
        // Checkpoints go through the disk.
        let kind = match file % 16 {
            0 => &kinds[1],
            1..8 => &kinds[0],
            other => &kinds[2 + other as usize % 3],
        };
        let mut bytes = kind.good.clone();
        damage(&mut bytes, &mut random);
        if kind.has_sum && !random.next_u64().is_multiple_of(4) {
            // What was inserted or removed is taken to be in the header.
            let header = u64::from_le_bytes(*kind.good.first_chunk().expect("a header"));
            let grown = bytes.len() as i64 - kind.good.len() as i64;
            let header = header as i64 + if random.next_u64() % 2 == 0 { grown } else { 0 };
            seal(&mut bytes, header.max(0) as usize);
        }
        read(
            kind,
            &bytes,
            &format!("{}: file {file} of seed {seed}", kind.name),
        );
    }
    println!("{refused} of {files} refused; at most {greatest:.2} of the allowed memory");
    assert!(refused > files / 2);
}
