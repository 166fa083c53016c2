use libtest_mimic::Failed;
pub fn check() -> Result<(), Failed> {
    Ok(())
}
