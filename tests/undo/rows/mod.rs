//! The rows of the table in `others.rs`.

mod before;
mod links;
mod namespaces;
mod routes;
mod settings;

use crate::others::Row;

/// All of them.
pub fn rows() -> Vec<Row> {
    [links::rows(), routes::rows(), settings::rows(), namespaces::rows(), before::rows()]
        .into_iter()
        .flatten()
        .collect()
}
