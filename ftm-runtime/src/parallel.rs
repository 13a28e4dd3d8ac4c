//! The one file that starts threads.
//!
//! Every task writes memory of its own, no sum crosses tasks, and what a task adds up depends on
//! shapes alone: so results do not depend on how many threads there are.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::Yield;

use crate::error::Error;

/// Threads of the surrounding pool.
pub(crate) fn threads() -> usize {
    rayon::current_num_threads()
}

/// Runs `work` on every task, on the threads of the surrounding pool. Tasks are made one by one as
/// threads come for them: there is no list of them, so that nothing is allocated.
pub(crate) fn for_each<Task: Send>(
    tasks: impl Iterator<Item = Task> + Send,
    work: impl Fn(Task) + Sync,
) {
    let count = tasks.size_hint().1.unwrap_or(usize::MAX);
    let tasks = Mutex::new(tasks.fuse());
    let next = || tasks.lock().unwrap_or_else(PoisonError::into_inner).next();
    let step = || next().map(&work).is_some();
    share(count.min(threads()), &step);
}

/// Repeats `step` until it is false, on so many threads. Not generic, so that it is compiled once
/// and not for every kernel.
fn share(threads: usize, step: &(dyn Fn() -> bool + Sync)) {
    let repeat = || while step() {};
    if threads <= 1 {
        repeat();
    } else {
        rayon::join(repeat, || share(threads - 1, step));
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

/// Elements of a slice below which going through them is not worth a thread.
const PART: usize = 16 * 1024;

/// Runs `work` on the parts of a slice.
pub(crate) fn for_parts<V: Send>(values: &mut [V], work: impl Fn(&mut [V]) + Sync) {
    for_each(values.chunks_mut(PART), work);
}

/// Copies a slice, of the same length.
pub(crate) fn copy<V: Copy + Send + Sync>(target: &mut [V], source: &[V]) {
    let parts = target.chunks_mut(PART).zip(source.chunks(PART));
    for_each(parts, |(target, source)| target.copy_from_slice(source));
}

/// Copies rows of `width` to a matrix, each from where `source` says.
pub(crate) fn copy_rows<'a, V: Copy + Send + Sync + 'a>(
    target: &mut [V],
    width: usize,
    source: impl Fn(usize) -> &'a [V] + Sync,
) {
    let rows = (PART / width.max(1)).max(1);
    let parts = target.chunks_mut((rows * width).max(1)).enumerate();
    for_each(parts, |(part, target)| {
        for (row, target) in target.chunks_mut(width.max(1)).enumerate() {
            target.copy_from_slice(source(part * rows + row));
        }
    });
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
        for_each(0..100, |n| {
            sum.fetch_add(n, Ordering::Relaxed);
        });
        sum.into_inner()
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
