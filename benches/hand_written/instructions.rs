//! The operations of the kernels, in the intrinsics of each instruction set.

#![allow(unsafe_code, reason = "intrinsics load and store by pointers")]

use std::arch::x86_64::*;

/// Functions that are one intrinsic.
macro_rules! intrinsics {
    ($features:literal, $($name:ident($($argument:ident),*) = $intrinsic:ident;)+) => {$(
        #[inline]
        #[target_feature(enable = $features)]
        pub(crate) fn $name($($argument: V),*) -> V {
            $intrinsic($($argument),*)
        }
    )+};
}

/// AVX-512.
pub(crate) mod avx512 {
    use super::*;

    pub(crate) type V = __m512;
    pub(crate) const LANES: usize = 16;

    intrinsics! { "avx512f,avx512dq",
        add(a, b) = _mm512_add_ps;
        sub(a, b) = _mm512_sub_ps;
        mul(a, b) = _mm512_mul_ps;
        div(a, b) = _mm512_div_ps;
        min(a, b) = _mm512_min_ps;
        max(a, b) = _mm512_max_ps;
        and(a, b) = _mm512_and_ps;
        xor(a, b) = _mm512_xor_ps;
        abs(a) = _mm512_abs_ps;
        fma(a, b, c) = _mm512_fmadd_ps;
        fnma(a, b, c) = _mm512_fnmadd_ps;
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(crate) unsafe fn read(from: *const f32) -> V {
        // SAFETY: the caller gives a pointer to 16 numbers.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(crate) unsafe fn write(to: *mut f32, vector: V) {
        // SAFETY: the caller gives a pointer to 16 numbers.
        unsafe { _mm512_storeu_ps(to, vector) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(crate) fn set(value: f32) -> V {
        _mm512_set1_ps(value)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(crate) fn beyond(a: V, b: V, limit: V) -> bool {
        let mask = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, limit);
        _kortestz_mask16_u8(mask, _mm512_cmp_ps_mask::<_CMP_GT_OQ>(b, limit)) == 0
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(crate) fn shift_left<const BITS: u32>(a: V) -> V {
        _mm512_castsi512_ps(_mm512_slli_epi32::<BITS>(_mm512_castps_si512(a)))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(crate) fn next(a: V) -> V {
        _mm512_castsi512_ps(_mm512_add_epi32(
            _mm512_castps_si512(a),
            _mm512_set1_epi32(1),
        ))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(crate) fn if_odd(q: V, odd: V, even: V) -> V {
        let mask = _mm512_test_epi32_mask(_mm512_castps_si512(q), _mm512_set1_epi32(1));
        _mm512_mask_blend_ps(mask, even, odd)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(crate) fn reduce(a: V) -> f32 {
        _mm512_reduce_add_ps(a)
    }
}

/// AVX2 with fused multiply-add.
pub(crate) mod avx2 {
    use super::*;

    pub(crate) type V = __m256;
    pub(crate) const LANES: usize = 8;

    intrinsics! { "avx2,fma",
        add(a, b) = _mm256_add_ps;
        sub(a, b) = _mm256_sub_ps;
        mul(a, b) = _mm256_mul_ps;
        div(a, b) = _mm256_div_ps;
        min(a, b) = _mm256_min_ps;
        max(a, b) = _mm256_max_ps;
        and(a, b) = _mm256_and_ps;
        xor(a, b) = _mm256_xor_ps;
        fma(a, b, c) = _mm256_fmadd_ps;
        fnma(a, b, c) = _mm256_fnmadd_ps;
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) unsafe fn read(from: *const f32) -> V {
        // SAFETY: the caller gives a pointer to 8 numbers.
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) unsafe fn write(to: *mut f32, vector: V) {
        // SAFETY: the caller gives a pointer to 8 numbers.
        unsafe { _mm256_storeu_ps(to, vector) }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn set(value: f32) -> V {
        _mm256_set1_ps(value)
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn abs(a: V) -> V {
        _mm256_andnot_ps(_mm256_set1_ps(-0.0), a)
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn beyond(a: V, b: V, limit: V) -> bool {
        let mask = _mm256_cmp_ps::<_CMP_GT_OQ>(a, limit);
        _mm256_movemask_ps(_mm256_or_ps(mask, _mm256_cmp_ps::<_CMP_GT_OQ>(b, limit))) != 0
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn shift_left<const BITS: i32>(a: V) -> V {
        _mm256_castsi256_ps(_mm256_slli_epi32::<BITS>(_mm256_castps_si256(a)))
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn next(a: V) -> V {
        _mm256_castsi256_ps(_mm256_add_epi32(
            _mm256_castps_si256(a),
            _mm256_set1_epi32(1),
        ))
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn if_odd(q: V, odd: V, even: V) -> V {
        _mm256_blendv_ps(even, odd, shift_left::<31>(q))
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn reduce(a: V) -> f32 {
        let half = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
        let half = _mm_add_ps(half, _mm_movehl_ps(half, half));
        _mm_cvtss_f32(_mm_add_ss(half, _mm_shuffle_ps::<1>(half, half)))
    }
}
