//! The memory that a pass works in: one vector that persists, carved into aligned pieces.

use ndarray::{ArrayViewMut, Axis, Dimension};

use crate::parallel;
use crate::simd::Real;

/// Bytes of a cache line, and of the widest vector.
const LINE: usize = 64;

/// Bytes of a page. What a thread works in has pages of its own: processors fetch the lines that follow
/// those which a thread reads, up to the end of a page, and so take them from the thread that writes
/// them. That cost a third of the forward pass on two threads.
const PAGE: usize = 4096;

/// Scratch memory, to be cut into pieces that start on cache lines. Its contents are unspecified.
pub(crate) struct Scratch<'a, T> {
    rest: &'a mut [T],
}

/// The length that `length` elements take when a piece is cut off.
pub(super) const fn padded<T>(length: usize) -> usize {
    length.next_multiple_of(LINE / size_of::<T>())
}

/// The length that the memory of all threads takes which share `parts`, when each needs pieces of these
/// lengths.
pub(super) fn for_threads<T>(parts: usize, lengths: &[usize]) -> usize {
    let each: usize = lengths.iter().map(|&length| padded::<T>(length)).sum();
    parallel::threads_for(parts) * each.next_multiple_of(PAGE / size_of::<T>())
}

impl<'a, T: Real> Scratch<'a, T> {
    /// Grows `memory` so that pieces of `length` [`padded`] elements in all can be cut.
    pub(super) fn new(memory: &'a mut Vec<T>, length: usize) -> Self {
        let slack = PAGE / size_of::<T>();
        if memory.len() < length + slack {
            memory.resize(length + slack, T::ZERO);
        }
        let start = memory.as_ptr().align_offset(PAGE).min(slack);
        Self {
            rest: &mut memory[start..],
        }
    }

    /// The part of a thread, of memory [`for_threads`].
    pub(super) fn over(memory: &'a mut [T]) -> Self {
        Self { rest: memory }
    }

    /// Cuts a piece of `length` elements off.
    pub(super) fn take(&mut self, length: usize) -> &'a mut [T] {
        let (piece, rest) = std::mem::take(&mut self.rest).split_at_mut(padded::<T>(length));
        self.rest = rest;
        &mut piece[..length]
    }
}

/// Cuts the first rows or columns off an array.
pub(super) fn cut_along<'a, T, D: Dimension>(
    axis: Axis,
    array: &mut Option<ArrayViewMut<'a, T, D>>,
    length: usize,
) -> Option<ArrayViewMut<'a, T, D>> {
    let all = array.take()?;
    let (piece, rest) = all.split_at(axis, length);
    *array = Some(rest);
    Some(piece)
}
