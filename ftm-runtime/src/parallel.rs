//! The one file that starts threads.
//!
//! Every part of shared work writes memory of its own, and what it adds up depends on shapes alone: so
//! results do not depend on how many threads there are.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::Yield;
use smallvec::SmallVec;

use crate::error::Error;

/// Threads of the surrounding pool.
pub(crate) fn threads() -> usize {
    rayon::current_num_threads()
}

/// Work that lies in a row and can be cut into parts.
pub(crate) trait Divide: Send + Sized {
    /// Cuts the first part off, `length` long, which is no more than there is.
    fn cut(&mut self, length: usize) -> Self;
}

impl<V: Send> Divide for &mut [V] {
    fn cut(&mut self, length: usize) -> Self {
        let (part, rest) = std::mem::take(self).split_at_mut(length);
        *self = rest;
        part
    }
}

impl<V: Sync> Divide for &[V] {
    fn cut(&mut self, length: usize) -> Self {
        let (part, rest) = self.split_at(length);
        *self = rest;
        part
    }
}

/// Places in a row.
impl Divide for Range<usize> {
    fn cut(&mut self, length: usize) -> Self {
        let first = self.start;
        self.start += length;
        first..self.start
    }
}

/// Two that are as long as each other.
impl<A: Divide, B: Divide> Divide for (A, B) {
    fn cut(&mut self, length: usize) -> Self {
        (self.0.cut(length), self.1.cut(length))
    }
}

/// Threads up to which sharing work allocates nothing.
const FEW: usize = 64;

/// Runs `work` on the parts of `whole`, which is `length` long, `each` long but for the last, on the
/// threads of the surrounding pool, with equal pieces of `memory`, one for each of [`threads_for`] as many
/// parts.
///
/// Each thread begins with its own share of the whole, the same one every time, and then helps the
/// others: what it left in its cache, it mostly finds there.
pub(crate) fn for_each_with<W: Divide, V: Send>(
    mut whole: W,
    length: usize,
    each: usize,
    memory: &mut [V],
    work: impl Fn(W, &mut [V]) + Sync,
) {
    let next = |(left, whole): &mut (usize, W)| {
        let length = each.min(*left);
        *left -= length;
        (length > 0).then(|| whole.cut(length))
    };
    let parts = length.div_ceil(each);
    let count = threads_for(parts);
    if count == 1 {
        let mut all = (length, whole);
        while let Some(part) = next(&mut all) {
            work(part, memory);
        }
        return;
    }
    let place = |share: usize| (parts * share / count * each).min(length);
    let shares: SmallVec<[_; FEW]> = (0..count)
        .map(|share| place(share + 1) - place(share))
        .map(|length| Mutex::new((length, whole.cut(length))))
        .collect();
    let next = |share: &Mutex<_>| next(&mut share.lock().unwrap_or_else(PoisonError::into_inner));
    share(count, memory, &|memory| {
        let thread = rayon::current_thread_index().unwrap_or(0);
        let (others, own) = shares.split_at(thread * count / threads() % count);
        let part = own.iter().chain(others).find_map(next);
        part.map(|part| work(part, memory)).is_some()
    });
}

/// How many threads share work of so many parts.
pub(crate) fn threads_for(parts: usize) -> usize {
    threads().min(parts).max(1)
}

/// Repeats `step` until it is false, on so many threads, each with an equal piece of memory. Not generic
/// over the work, so that it is not compiled for every kernel.
fn share<V: Send>(threads: usize, mut memory: &mut [V], step: &(dyn Fn(&mut [V]) -> bool + Sync)) {
    let piece = memory.cut(memory.len() / threads);
    let mut repeat = || while step(piece) {};
    if threads == 1 {
        repeat();
    } else {
        rayon::join(repeat, || share(threads - 1, memory, step));
    }
}

/// Runs `work` once, with the threads of the surrounding pool awake between its parallel parts too: to
/// wake a thread takes longer than a small layer. A thread that finds nothing to do in 200 µs sleeps.
///
/// Meant for some milliseconds, as [`Trainer`](crate::train::Trainer) uses it. A thread that watches may
/// take work of others on the pool, and `awake` returns after that is done: so what runs in it should
/// be short, and wait for nothing but its own parts.
///
/// ```
/// let threads = ftm_runtime::parallel::awake(rayon::current_num_threads);
/// assert!(threads >= 1);
/// ```
pub fn awake<R: Send>(mut work: impl FnMut() -> R + Send) -> R {
    let done = AtomicBool::new(false);
    attended(threads() - 1, &mut work, &done)
}

/// Runs `work` while as many other threads as are free watch for parts of it. They find the watches
/// before the parts, since they take what was handed out first.
fn attended<R: Send>(others: usize, work: &mut (dyn FnMut() -> R + Send), done: &AtomicBool) -> R {
    if others > 0 {
        return rayon::join(|| attended(others - 1, work, done), || watch(done)).0;
    }
    let _done = OnDrop(done);
    work()
}

/// Says that work is done, also where it panicked.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// How long a thread watches for work in vain before it goes to sleep.
const PATIENCE: Duration = Duration::from_micros(200);

/// Takes parallel parts until all are done.
fn watch(done: &AtomicBool) {
    let mut last = Instant::now();
    while !done.load(Ordering::Acquire) {
        if rayon::yield_now() == Some(Yield::Executed) {
            last = Instant::now();
        } else if last.elapsed() > PATIENCE {
            return;
        } else {
            std::hint::spin_loop();
        }
    }
}

/// Numbers below which going through them is not worth a thread.
const PART: usize = 16 * 1024;

/// How long each part should be of work that goes through `length` pieces of `size` numbers: all parts
/// alike, and as many for each of two threads, as nearly as whole pieces allow.
fn part(length: usize, size: usize) -> usize {
    let parts = match length.saturating_mul(size).div_ceil(PART) {
        0 | 1 => 1,
        parts => parts.next_multiple_of(2),
    };
    length.div_ceil(parts).max(1)
}

/// Runs `work` on parts of `whole`, which is `length` pieces of `size` numbers to go through.
pub(crate) fn in_parts<W: Divide>(whole: W, length: usize, size: usize, work: impl Fn(W) + Sync) {
    let none = &mut [] as &mut [u8];
    for_each_with(whole, length, part(length, size), none, |part, _| {
        work(part);
    });
}

/// Runs `work` on the parts of a slice.
pub(crate) fn for_parts<V: Send>(values: &mut [V], work: impl Fn(&mut [V]) + Sync) {
    let length = values.len();
    in_parts(values, length, 1, work);
}

/// Copies a slice, of the same length.
pub(crate) fn copy<V: Copy + Send + Sync>(target: &mut [V], source: &[V]) {
    let length = target.len();
    in_parts((target, source), length, 1, |(target, source)| {
        target.copy_from_slice(source);
    });
}

/// Copies rows of `width` to a matrix, each from where `source` says.
pub(crate) fn copy_rows<'a, V: Copy + Send + Sync + 'a>(
    target: &mut [V],
    width: usize,
    source: impl Fn(usize) -> &'a [V] + Sync,
) {
    let width = width.max(1);
    let rows = target.len() / width;
    let whole = Rows {
        rows: 0..rows,
        width,
        values: target,
    };
    in_parts(whole, rows, width, |part| {
        for (row, target) in part.rows.zip(part.values.chunks_exact_mut(width)) {
            target.copy_from_slice(source(row));
        }
    });
}

/// Rows of a matrix.
struct Rows<'a, V> {
    rows: Range<usize>,
    width: usize,
    values: &'a mut [V],
}

impl<V: Send> Divide for Rows<'_, V> {
    fn cut(&mut self, length: usize) -> Self {
        Self {
            rows: self.rows.cut(length),
            width: self.width,
            values: self.values.cut(length * self.width),
        }
    }
}

/// What `of` gives of the parts of a slice, two made one by `both`: which two, the length alone
/// decides.
pub(crate) fn combine<V: Sync, R: Send>(
    values: &[V],
    of: &(impl Fn(&[V]) -> R + Sync),
    both: &(impl Fn(R, R) -> R + Sync),
) -> R {
    if values.len() <= PART {
        return of(values);
    }
    let (left, right) = values.split_at(values.len() / 2);
    let (left, right) = rayon::join(|| combine(left, of, both), || combine(right, of, both));
    both(left, right)
}

/// More threads than this are a mistake: they would only wait for one another.
pub const MAX_THREADS: usize = 1024;

/// Runs `work` with `threads` threads for everything in it; 0 means one for each core.
///
/// # Errors
/// [`Error::Argument`] for more than [`MAX_THREADS`], [`Error::Threads`] when the system refuses
/// to start them.
///
/// ```
/// let threads = ftm_runtime::parallel::with_threads(2, rayon::current_num_threads)?;
/// assert_eq!(threads, 2);
/// # Ok::<(), ftm_runtime::error::Error>(())
/// ```
pub fn with_threads<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> Result<R, Error> {
    if threads > MAX_THREADS {
        return Err(Error::Argument {
            name: "the number of threads",
            given: threads.to_string(),
            allowed: "at most 1024",
        });
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|source| Error::Threads { threads, source })?;
    Ok(pool.install(work))
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Adds 0 to 99 in parallel parts.
    fn sum() -> usize {
        let sum = AtomicUsize::new(0);
        let numbers: [usize; 100] = std::array::from_fn(|n| n);
        for_each_with(&numbers[..], 100, 3, &mut [] as &mut [u8], |part, _| {
            sum.fetch_add(part.iter().sum(), Ordering::Relaxed);
        });
        sum.into_inner()
    }

    #[test]
    fn every_part_is_done_once_with_memory_of_its_thread() {
        for threads in [1, 2, 3, 20] {
            for (length, each) in [(0, 1), (1, 3), (7, 2), (100, 3)] {
                let mut values = vec![0_usize; length];
                let mut memory = vec![0_usize; 40];
                let done = with_threads(threads, || {
                    let pieces = threads_for(length.div_ceil(each));
                    for_each_with(
                        &mut values[..],
                        length,
                        each,
                        &mut memory,
                        |part, memory| {
                            assert!(part.len() == each || part.len() == length % each);
                            assert_eq!(memory.len(), 40 / pieces);
                            part.iter_mut().for_each(|value| *value += 1);
                            let (used, rest) = memory.split_first_mut().expect("some");
                            *used += part.len();
                            assert!(rest.iter().all(|&other| other == 0));
                        },
                    );
                });
                assert!(done.is_ok());
                assert!(values.iter().all(|&value| value == 1));
                assert_eq!(memory.iter().sum::<usize>(), length);
            }
        }
    }

    #[test]
    fn parts_are_alike_for_two_threads() {
        for (length, size, parts) in [
            (1, 1, 1),
            (PART, 1, 1),
            (PART + 1, 1, 2),
            (3 * PART + 128, 1, 4),
            (100, 784, 6),
        ] {
            let each = part(length, size);
            assert_eq!(length.div_ceil(each), parts);
            assert!(each * parts < length + parts);
        }
    }

    #[test]
    fn rows_come_from_where_they_should() {
        let source: Vec<u32> = (0..60_000).collect();
        let mut target = vec![0; source.len()];
        let copied = with_threads(2, || {
            copy_rows(&mut target, 2000, |row| {
                &source[(29 - row) * 2000..][..2000]
            });
        });
        assert!(copied.is_ok());
        let rows = target.chunks_exact(2000);
        assert!(rows.rev().flatten().eq(&source));
    }

    #[test]
    fn threads_that_watch_take_parts_and_come_back() {
        for threads in [1, 2, 3, 8] {
            let sums = with_threads(threads, || {
                let one = || awake(|| (0..20).map(|_| sum()).sum::<usize>());
                // Alone, within another, and several that wait for one another.
                let nested = awake(|| awake(sum));
                let ((a, b), (c, d)) =
                    rayon::join(|| rayon::join(one, one), || rayon::join(one, one));
                [nested * 20, a, b, c, d]
            });
            assert_eq!(sums.ok(), Some([20 * 4950; 5]));
        }
        assert_eq!(awake(sum), 4950);
    }

    #[test]
    fn a_panic_goes_through() {
        let caught = with_threads(2, || {
            catch_unwind(|| awake(|| assert_eq!(sum(), 0))).is_err()
        });
        assert_eq!(caught.ok(), Some(true));
        assert_eq!(awake(sum), 4950);
    }
}
