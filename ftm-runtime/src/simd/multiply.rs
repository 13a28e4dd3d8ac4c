//! c = a · b or c += a · b, on one core, in register tiles. The one loop of all matrix products. It knows
//! nothing of connections and is compiled with this crate, and not with each that uses it.

use super::{Level, Operation, Real, Simd, Vector};

/// Rows of the tallest register tiles, for the widest vectors, and of the next one.
const TILE_ROWS: usize = 12;
const LOW_TILE_ROWS: usize = 8;
const SMALL_TILE_ROWS: usize = 4;

/// The left matrix, rows × depth, in either order.
pub(crate) struct Left<'a, T> {
    pub values: &'a [T],
    /// Elements between rows, or between steps of depth.
    pub stride: usize,
    pub order: Order,
}

/// Which neighbours lie together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// `values[row * stride + step]`
    ByRow,
    /// `values[step * stride + row]`
    ByStep,
}

/// The right matrix, some of its steps: `[block of columns][step][lane]`.
pub(crate) struct Right<'a, T> {
    pub values: &'a [T],
    /// Steps that there are in a block, and the first one of the product.
    pub steps: usize,
    pub first: usize,
}

impl<'a, T> Right<'a, T> {
    #[inline(always)]
    fn block(&self, block: usize, depth: usize, lanes: usize) -> &'a [T] {
        &self.values[(block * self.steps + self.first) * lanes..][..depth * lanes]
    }
}

/// c = a · b, or c += a · b
pub(crate) struct Multiply<'a, T> {
    pub a: Left<'a, T>,
    pub b: Right<'a, T>,
    /// `[block of columns][row][lane]`
    pub c: &'a mut [T],
    pub rows: usize,
    pub depth: usize,
    /// Whether to add to what c holds.
    pub add: bool,
    pub columns: Columns,
}

/// Columns of b and c: groups of them, each filled up to whole blocks.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    pub groups: usize,
    pub each: usize,
}

impl<T: Real> Multiply<'_, T> {
    /// Computes it on this instruction set.
    pub(crate) fn on(self, level: Level) {
        T::multiply(level, self);
    }
}

impl<T: Real> Operation<T> for Multiply<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(mut self, simd: S) {
        match self.a.order {
            Order::ByRow => self.blocks::<S, false>(simd),
            Order::ByStep => self.blocks::<S, true>(simd),
        }
    }
}

impl<T: Real> Multiply<'_, T> {
    /// Two blocks of columns at a time.
    #[inline(always)]
    fn blocks<S: Simd<Scalar = T>, const BY_STEP: bool>(&mut self, simd: S) {
        let blocks = self.columns.groups * self.columns.each.div_ceil(S::Vector::LANES);
        let mut block = 0;
        while block + 2 <= blocks {
            self.rows::<S, 2, BY_STEP>(simd, block);
            block += 2;
        }
        if block < blocks {
            self.rows::<S, 1, BY_STEP>(simd, block);
        }
    }

    /// As many rows at a time as there are registers for.
    #[inline(always)]
    fn rows<S: Simd<Scalar = T>, const COLUMNS: usize, const BY_STEP: bool>(
        &mut self,
        simd: S,
        block: usize,
    ) {
        let mut row = 0;
        // The widest vectors come with twice as many registers.
        if S::Vector::LANES * size_of::<T>() >= 64 {
            while row + TILE_ROWS <= self.rows {
                self.tile::<S, TILE_ROWS, COLUMNS, BY_STEP>(simd, block, row);
                row += TILE_ROWS;
            }
            if row + LOW_TILE_ROWS <= self.rows {
                self.tile::<S, LOW_TILE_ROWS, COLUMNS, BY_STEP>(simd, block, row);
                row += LOW_TILE_ROWS;
            }
        }
        while row + SMALL_TILE_ROWS <= self.rows {
            self.tile::<S, SMALL_TILE_ROWS, COLUMNS, BY_STEP>(simd, block, row);
            row += SMALL_TILE_ROWS;
        }
        if row + 2 <= self.rows {
            self.tile::<S, 2, COLUMNS, BY_STEP>(simd, block, row);
            row += 2;
        }
        if row < self.rows {
            self.tile::<S, 1, COLUMNS, BY_STEP>(simd, block, row);
        }
    }

    #[inline(always)]
    fn tile<S: Simd<Scalar = T>, const ROWS: usize, const COLUMNS: usize, const BY_STEP: bool>(
        &mut self,
        simd: S,
        block: usize,
        row: usize,
    ) {
        let lanes = S::Vector::LANES;
        let (depth, stride) = (self.depth, self.a.stride);
        let mut b: [&[T]; COLUMNS] = [&[]; COLUMNS];
        for (j, b) in b.iter_mut().enumerate() {
            *b = self.b.block(block + j, depth, lanes);
        }
        let rows = self.rows;
        let first = (block * rows + row) * lanes;
        let mut sums: [[S::Vector; COLUMNS]; ROWS] = [[simd.number(0.0); COLUMNS]; ROWS];
        if self.add {
            for (r, sums) in sums.iter_mut().enumerate() {
                for (j, sum) in sums.iter_mut().enumerate() {
                    *sum = simd.load(&self.c[first + (j * rows + r) * lanes..]);
                }
            }
        }
        // One or two columns of b side by side, so that no index is checked in the loop.
        let steps = (b[0].chunks_exact(lanes)).zip(b[COLUMNS - 1].chunks_exact(lanes));
        if BY_STEP {
            for (a, b) in self.a.values[row..].chunks(stride).zip(steps) {
                let b = load::<S, COLUMNS>(simd, b);
                for (sums, &a) in sums.iter_mut().zip(&a[..ROWS]) {
                    let a = simd.splat(a);
                    for (sum, &b) in sums.iter_mut().zip(&b) {
                        *sum = a.mul_add(b, *sum);
                    }
                }
            }
        } else {
            let mut a: [&[T]; ROWS] = [&[]; ROWS];
            for (r, a) in a.iter_mut().enumerate() {
                *a = &self.a.values[(row + r) * stride..][..depth];
            }
            for (k, b) in steps.enumerate() {
                let b = load::<S, COLUMNS>(simd, b);
                for (sums, a) in sums.iter_mut().zip(&a) {
                    let a = simd.splat(a[k]);
                    for (sum, &b) in sums.iter_mut().zip(&b) {
                        *sum = a.mul_add(b, *sum);
                    }
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (j, sum) in sums.iter().enumerate() {
                sum.store(&mut self.c[first + (j * rows + r) * lanes..]);
            }
        }
    }
}

/// The first vector, or both.
#[inline(always)]
fn load<S: Simd, const COLUMNS: usize>(
    simd: S,
    (first, last): (&[S::Scalar], &[S::Scalar]),
) -> [S::Vector; COLUMNS] {
    let mut vectors = [simd.load(first); COLUMNS];
    for vector in vectors.iter_mut().skip(1) {
        *vector = simd.load(last);
    }
    vectors
}
