//! The compiler behind `ftm_fn!`.
