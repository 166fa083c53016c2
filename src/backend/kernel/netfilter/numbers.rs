//! Numbers of `linux/netfilter/nf_tables.h` and `linux/netfilter/nfnetlink.h`.

use crate::ops::{Family, Hook};

/// `NFNL_SUBSYS_NFTABLES`.
pub(super) const SUBSYSTEM: u16 = 10;
/// `NFNL_MSG_BATCH_BEGIN`.
pub(super) const BATCH_BEGIN: u16 = 16;
/// `NFNL_MSG_BATCH_END`.
pub(super) const BATCH_END: u16 = 17;
/// `NFNL_BATCH_GENID`.
pub(super) const BATCH_GENID: u16 = 1;

/// What is new, listed or deleted: `enum nf_tables_msg_types`.
pub(super) mod msg {
    pub(crate) const NEW_TABLE: u8 = 0;
    pub(crate) const GET_TABLE: u8 = 1;
    pub(crate) const DEL_TABLE: u8 = 2;
    pub(crate) const NEW_CHAIN: u8 = 3;
    pub(crate) const GET_CHAIN: u8 = 4;
    pub(crate) const DEL_CHAIN: u8 = 5;
    pub(crate) const NEW_RULE: u8 = 6;
    pub(crate) const GET_RULE: u8 = 7;
    pub(crate) const DEL_RULE: u8 = 8;
    pub(crate) const GET_SET: u8 = 10;
    pub(crate) const GET_GEN: u8 = 16;
    pub(crate) const GET_OBJECT: u8 = 19;
    pub(crate) const GET_FLOW_TABLE: u8 = 23;
}

/// `enum nft_gen_attributes`.
pub(super) mod generation {
    pub(crate) const ID: u16 = 1;
}

/// `enum nft_table_attributes`.
pub(super) mod table {
    pub(crate) const NAME: u16 = 1;
    pub(crate) const FLAGS: u16 = 2;
    pub(crate) const USERDATA: u16 = 6;
}

/// `enum nft_chain_attributes`.
pub(super) mod chain {
    pub(crate) const TABLE: u16 = 1;
    pub(crate) const NAME: u16 = 3;
    pub(crate) const HOOK: u16 = 4;
    pub(crate) const POLICY: u16 = 5;
    pub(crate) const TYPE: u16 = 7;
    pub(crate) const COUNTERS: u16 = 8;
    pub(crate) const FLAGS: u16 = 10;
    pub(crate) const USERDATA: u16 = 12;
    /// `NFT_CHAIN_BASE`, which the kernel sets itself.
    pub(crate) const FLAG_BASE: u32 = 1;
}

/// `enum nft_hook_attributes`.
pub(super) mod hook {
    pub(crate) const NUMBER: u16 = 1;
    pub(crate) const PRIORITY: u16 = 2;
}

/// `enum nft_counter_attributes`.
pub(super) mod counter {
    pub(crate) const BYTES: u16 = 1;
    pub(crate) const PACKETS: u16 = 2;
}

/// `enum nft_rule_attributes`.
pub(super) mod rule {
    pub(crate) const TABLE: u16 = 1;
    pub(crate) const CHAIN: u16 = 2;
    pub(crate) const HANDLE: u16 = 3;
    pub(crate) const EXPRESSIONS: u16 = 4;
    pub(crate) const COMPAT: u16 = 5;
    pub(crate) const POSITION: u16 = 6;
    pub(crate) const USERDATA: u16 = 7;
}

/// `NFPROTO_…` of `linux/netfilter.h`.
pub(super) fn family_number(family: Family) -> u8 {
    match family {
        Family::Inet => 1,
        Family::Ip => 2,
        Family::Arp => 3,
        Family::Netdev => 5,
        Family::Bridge => 7,
        Family::Ip6 => 10,
    }
}

/// The family of that number.
pub(super) fn family(number: u8) -> Option<Family> {
    let all = [Family::Inet, Family::Ip, Family::Arp, Family::Netdev, Family::Bridge, Family::Ip6];
    all.into_iter().find(|family| family_number(*family) == number)
}

/// The number of a hook: `NF_INET_…` of `linux/netfilter.h`, and `NF_ARP_…`, `NF_NETDEV_…` where families have their own.
pub(super) fn hook_number(family: Family, hook: Hook) -> u32 {
    match (family, hook) {
        (Family::Netdev, _) | (Family::Arp, Hook::Input) => 0,
        (Family::Arp, Hook::Output) => 1,
        (_, Hook::Prerouting) => 0,
        (_, Hook::Input) => 1,
        (_, Hook::Forward) => 2,
        (_, Hook::Output) => 3,
        (_, Hook::Postrouting) => 4,
        (_, Hook::Ingress) => 5,
    }
}

/// The hook of that number.
pub(super) fn hook(family: Family, number: u32) -> Option<Hook> {
    let all: &[Hook] = match family {
        Family::Arp => &[Hook::Input, Hook::Output],
        Family::Netdev => &[Hook::Ingress],
        Family::Ip | Family::Ip6 | Family::Inet | Family::Bridge => {
            &[Hook::Prerouting, Hook::Input, Hook::Forward, Hook::Output, Hook::Postrouting, Hook::Ingress]
        }
    };
    all.iter().copied().find(|hook| hook_number(family, *hook) == number)
}
