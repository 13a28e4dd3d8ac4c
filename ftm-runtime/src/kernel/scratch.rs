//! The memory that a pass works in: one vector that persists, carved into aligned pieces.

use ndarray::{ArrayViewMut2, Axis, aview_mut2};

use crate::simd::Real;

/// Bytes of a cache line, and of the widest vector.
const LINE: usize = 64;

/// A piece of scratch memory that starts on a cache line. Its contents are unspecified.
pub(super) struct Scratch<'a, T> {
    rest: &'a mut [T],
}

/// The length that `length` elements take when a piece is cut off.
pub(super) const fn padded<T>(length: usize) -> usize {
    length.next_multiple_of(LINE / size_of::<T>())
}

impl<'a, T: Real> Scratch<'a, T> {
    /// Grows `memory` so that pieces of `length` [`padded`] elements in all can be cut.
    pub(super) fn new(memory: &'a mut Vec<T>, length: usize) -> Self {
        let slack = LINE / size_of::<T>();
        if memory.len() < length + slack {
            memory.resize(length + slack, T::ZERO);
        }
        let start = memory.as_ptr().align_offset(LINE).min(slack);
        Self {
            rest: &mut memory[start..],
        }
    }

    /// Cuts a piece of `length` elements off.
    pub(super) fn take(&mut self, length: usize) -> &'a mut [T] {
        let (piece, rest) = std::mem::take(&mut self.rest).split_at_mut(padded::<T>(length));
        self.rest = rest;
        &mut piece[..length]
    }
}

/// Cuts the first `length` elements off a slice, for handing a task its part.
pub(crate) fn cut<'a, T>(slice: &mut &'a mut [T], length: usize) -> &'a mut [T] {
    let length = length.min(slice.len());
    let (piece, rest) = std::mem::take(slice).split_at_mut(length);
    *slice = rest;
    piece
}

/// Cuts the first rows or columns off a matrix, as many as there are at most.
pub(super) fn cut_along<'a, T>(
    axis: Axis,
    matrix: &mut ArrayViewMut2<'a, T>,
    length: usize,
) -> ArrayViewMut2<'a, T> {
    let length = length.min(matrix.len_of(axis));
    let all = std::mem::replace(matrix, aview_mut2::<T, 0>(&mut []));
    let (piece, rest) = all.split_at(axis, length);
    *matrix = rest;
    piece
}
