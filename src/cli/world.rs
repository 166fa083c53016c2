//! Worlds: scripts that prepare the sandbox, built in or files.

use super::{
    args::{Args, Command},
    input,
};
use crate::{codes::Code, diag::Diagnostic};

/// The worlds that are built in: name, and text.
const BUILT_IN: [(&str, &str); 1] = [("lan", include_str!("../../scripts/worlds/lan.nns"))];

/// The name and the text of the world that is asked for, if one is.
pub fn read(args: &Args) -> Result<Option<(String, String)>, Diagnostic> {
    let Some(world) = &args.world else {
        return match &args.nic {
            Some(nic) => Err(usage("`--nic` names the uplink of a world, and there is none")
                .help(format!("for a made-up LAN add `--sandbox --world lan --nic {nic}`"))),
            None => Ok(None),
        };
    };
    if !args.sandbox && !matches!(args.command, Some(Command::Test(_))) {
        return Err(usage("a world is made in a sandbox only")
            .help(format!("add `--sandbox`: your own network stays as it is: `nns --sandbox --world {world} …`")));
    }
    if let Some((name, text)) = BUILT_IN.iter().find(|(name, _)| name == world) {
        return Ok(Some((format!("<world {name}>"), (*text).into())));
    }
    input::read(world).map(Some).map_err(|diagnostic| match diagnostic.help {
        Some(_) => diagnostic,
        None => {
            let names: Vec<String> = BUILT_IN.iter().map(|(name, _)| format!("`{name}`")).collect();
            diagnostic.help(format!("the worlds that need no file are: {}", names.join(", ")))
        }
    })
}

/// How a script is started that is to find the same world.
pub fn command(args: &Args, is_sandbox: bool) -> String {
    let mut command = String::from("nns");
    if is_sandbox {
        command.push_str(" --sandbox");
    }
    for (option, value) in [("--world", args.world.clone()), ("--nic", args.nic.as_ref().map(ToString::to_string))] {
        if let Some(value) = value {
            command.push_str(&format!(" {option} {value}"));
        }
    }
    command
}

fn usage(message: &str) -> Diagnostic {
    Diagnostic::error(Code::Usage, message)
}
