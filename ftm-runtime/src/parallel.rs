//! The one file that starts threads.
//!
//! Work is cut into tasks by shapes alone, every task writes memory of its own, and no sum
//! crosses tasks: so results do not depend on how many threads there are.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::error::Error;

/// Runs `work` on every task, on the threads of the surrounding pool.
pub(crate) fn for_each<Task: Send>(mut tasks: Vec<Task>, work: impl Fn(Task) + Send + Sync) {
    if tasks.len() > 1 {
        tasks.into_par_iter().for_each(work);
    } else if let Some(task) = tasks.pop() {
        work(task);
    }
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
