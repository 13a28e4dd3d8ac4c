//! The memory of this process, as the operating system counts it.

/// The most memory that was ever resident, in bytes; `None` where the system does not say.
///
/// ```
/// if let Some(bytes) = ftm_runtime::memory::peak() {
///     assert!(bytes > 1 << 16);
/// }
/// ```
#[must_use]
pub fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    kibibytes.checked_mul(1024)
}
