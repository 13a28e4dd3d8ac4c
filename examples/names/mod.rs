//! Functions by the names that options give.

use ftm::functions::Entry;

/// The function called `name`; where there is none, the names that there are.
pub(crate) fn find<'a, M>(entries: &'a [Entry<M>], name: &str) -> Result<&'a Entry<M>, String> {
    let found = entries.iter().find(|entry| entry.is_called(name));
    found.ok_or_else(|| {
        let names: Vec<_> = entries.iter().map(|entry| entry.description.name).collect();
        format!(
            "no function is called `{name}`; there are {}",
            names.join(", ")
        )
    })
}
