//! What a run is remembered by, worlds and ops, is read as it was written.
//!
//! In: random sequences of ops, as `model_and_kernel` plays them. Checked are all ops, and the worlds that they make.

#[path = "model_and_kernel/generate/mod.rs"]
mod generate;
#[path = "random/mod.rs"]
mod random;

use nns::{
    model::{World, apply},
    ops::Op,
};

#[test]
fn worlds_and_ops_come_back_as_they_were() {
    for seed in 1..300 {
        let mut world = World::fresh();
        let ops = generate::sequence(seed, if seed % 2 == 0 { generate::Ops::Any } else { generate::Ops::Undoable });
        for op in &ops {
            // What the model says is of no account here.
            let _ = apply(&mut world, op);
            let text = serde_json::to_string(op).unwrap();
            let read: Op = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(read, *op, "{text}");
        }
        let text = serde_json::to_string(&world).unwrap();
        let read: World = serde_json::from_str(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}: {text}"));
        assert_eq!(read, world, "seed {seed}: {text}");
        assert_eq!(serde_json::to_string(&read).unwrap(), text, "seed {seed}");
    }
}
