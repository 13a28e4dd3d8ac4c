//! Wrong programs, each with its exact message. After a change of messages:
//! `TRYBUILD=overwrite cargo test --test ui`, and read the difference.

#[test]
fn wrong_programs_have_clear_messages() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
