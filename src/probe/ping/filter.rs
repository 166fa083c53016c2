//! What the kernel may leave out: a raw ICMP socket is given a copy of every ICMP packet of its namespace, neighbour
//! discovery and other people's pings included.
//!
//! In: an identifier. Out: a classic BPF program (kernel documentation, networking/filter) that lets only echo replies
//! with that identifier through. It spares wake-ups; whoever reads the socket checks again.

use nix::libc::{BPF_ABS, BPF_B, BPF_H, BPF_IND, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_LDX, BPF_MSH, BPF_RET};
use socket2::SockFilter;

use super::packet::Family;

/// The offset of the identifier in an echo message.
const ID_OFFSET: u32 = 4;
/// How much of a packet is let through: all of it.
const EVERYTHING: u32 = u32::MAX;

/// The program for raw sockets of that family.
pub fn echo_replies(family: Family, id: u16) -> Vec<SockFilter> {
    let kind = u32::from(family.echo_reply());
    let id = u32::from(id);
    let mut program = Vec::new();
    // IPv4 packets begin with their IP header, whose length X holds then; those of IPv6 with ICMPv6.
    let mode = match family {
        Family::V4 => {
            program.push(op(BPF_LDX | BPF_B | BPF_MSH, 0));
            BPF_IND
        }
        Family::V6 => BPF_ABS,
    };
    program.extend([
        op(BPF_LD | BPF_B | mode, 0),
        go_on_if_equal(kind, 3),
        op(BPF_LD | BPF_H | mode, ID_OFFSET),
        go_on_if_equal(id, 1),
        op(BPF_RET | BPF_K, EVERYTHING),
        op(BPF_RET | BPF_K, 0),
    ]);
    program
}

fn op(code: u32, value: u32) -> SockFilter {
    SockFilter::new(short(code), 0, 0, value)
}

/// Leaves out so many instructions if what was loaded is not `value`.
fn go_on_if_equal(value: u32, otherwise: u8) -> SockFilter {
    SockFilter::new(short(BPF_JMP | BPF_JEQ | BPF_K), 0, otherwise, value)
}

fn short(code: u32) -> u16 {
    u16::try_from(code).expect("instructions have eight bits")
}
