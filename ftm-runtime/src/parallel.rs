//! The one file that starts threads.
//!
//! Work is cut into tasks by shapes alone, every task writes memory of its own, and no sum
//! crosses tasks: so results do not depend on how many threads there are.

use crate::error::Error;

/// Tasks that may wait for one another on a stack.
const ROUND: usize = 64;

/// Runs `work` on every task, on the threads of the surrounding pool. Tasks are made one by one as
/// threads come for them: there is no list of them, so that nothing is allocated.
pub(crate) fn for_each<Task: Send>(
    mut tasks: impl Iterator<Item = Task> + Send,
    work: impl Fn(Task) + Sync,
) {
    while let Some(task) = tasks.next() {
        with_the_rest(task, &mut tasks, &work, ROUND);
    }
}

/// Runs a task, and beside it, on a thread that has nothing else to do, up to `most` others.
fn with_the_rest<Task: Send>(
    task: Task,
    rest: &mut (impl Iterator<Item = Task> + Send),
    work: &(impl Fn(Task) + Sync),
    most: usize,
) {
    match if most == 0 { None } else { rest.next() } {
        None => work(task),
        Some(next) => {
            rayon::join(|| work(task), || with_the_rest(next, rest, work, most - 1));
        }
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
