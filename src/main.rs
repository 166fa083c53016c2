//! The `nns` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    nns::cli::main()
}
