//! The one file that starts threads.
//!
//! Work is cut into tasks by shapes alone, every task writes memory of its own, and no sum
//! crosses tasks: so results do not depend on how many threads there are.

use std::sync::{Mutex, PoisonError};

use crate::error::Error;

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
    share(count.min(rayon::current_num_threads()), &step);
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
