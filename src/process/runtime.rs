use std::{future::pending, io, sync::OnceLock, time::Instant};

use tokio::{
    runtime::{Builder, Runtime},
    time::sleep_until,
};

/// Until that point in time; without one, for ever.
pub async fn until(limit: Option<Instant>) {
    match limit {
        Some(limit) => sleep_until(limit.into()).await,
        None => pending().await,
    }
}

/// The runtime on which probes and programs are waited for: one for the process, made at its first use. It has no
/// threads of its own; whoever calls `block_on` lends it theirs.
pub fn runtime() -> io::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let made = Builder::new_current_thread().enable_all().build()?;
    Ok(RUNTIME.get_or_init(|| made))
}
