//! How values are written into files, and read from there.
//!
//! In: a value. Out: its text, as people write it. Invariants: what is read was checked as if somebody had typed it; a
//! namespace's name is never taken for the host or a process, since no name has a `/` in it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{Cidr, IfName, Mac, Mtu, NsName, NsRef, SysctlKey};

macro_rules! as_text {
    ($($value:ident),+) => {$(
        impl Serialize for $value {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $value {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

as_text!(Cidr, IfName, Mac, Mtu, NsName, SysctlKey);

/// The host, where a name could stand.
const HOST: &str = "/host";
/// Stands before the id of a process.
const PROCESS: &str = "/process/";

impl Serialize for NsRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Host => serializer.serialize_str(HOST),
            Self::Named(name) => name.serialize(serializer),
            Self::Process(pid) => serializer.collect_str(&format_args!("{PROCESS}{pid}")),
        }
    }
}

impl<'de> Deserialize<'de> for NsRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == HOST {
            return Ok(Self::Host);
        }
        match text.strip_prefix(PROCESS) {
            Some(pid) => pid.parse().map(Self::Process).map_err(D::Error::custom),
            None => text.parse().map(Self::Named).map_err(D::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn round_trip<T>(value: &T) -> String
    where
        T: Serialize + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug,
    {
        let text = serde_json::to_string(value).unwrap();
        assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value, "{text}");
        text
    }

    #[test]
    fn a_namespace_called_as_the_host_or_a_process_is_none() {
        let named = |name: &str| NsRef::Named(name.parse().unwrap());
        let all = ["host", "process 5", "process", "5", "red team", "\"\n", "ü"].map(named);
        let all = [&all[..], &[NsRef::Host, NsRef::Process(5), NsRef::Process(u32::MAX)]].concat();
        let texts: Vec<String> = all.iter().map(round_trip).collect();
        expect_test::expect![[r#"
            "host"
            "process 5"
            "process"
            "5"
            "red team"
            "\"\n"
            "ü"
            "/host"
            "/process/5"
            "/process/4294967295""#]]
        .assert_eq(&texts.join("\n"));
    }

    #[test]
    fn values_are_written_as_people_write_them() {
        let key: SysctlKey = "net/ipv4/conf/eth0.10/forwarding".parse().unwrap();
        let texts = [
            round_trip(&"10.0.0.1/24".parse::<Cidr>().unwrap()),
            round_trip(&"::ffff:10.0.0.1/128".parse::<Cidr>().unwrap()),
            round_trip(&"a{\"}".parse::<IfName>().unwrap()),
            round_trip(&Mac([2, 0, 0, 0, 0, 10])),
            round_trip(&Mtu::ETHERNET),
            round_trip(&BTreeMap::from([(key, NsRef::Host)])),
        ];
        expect_test::expect![[r#"
            "10.0.0.1/24"
            "::ffff:10.0.0.1/128"
            "a{\"}"
            "02:00:00:00:00:0a"
            "1500"
            {"net.ipv4.conf.eth0/10.forwarding":"/host"}"#]]
        .assert_eq(&texts.join("\n"));
    }

    #[test]
    fn a_bad_value_does_not_come_in() {
        assert!(serde_json::from_str::<IfName>("\"a/b\"").is_err());
        assert!(serde_json::from_str::<NsRef>("\"../etc\"").is_err());
        assert!(serde_json::from_str::<NsRef>("\"/process/-1\"").is_err());
        assert!(serde_json::from_str::<SysctlKey>("\"kernel.panic\"").is_err());
        assert!(serde_json::from_str::<Cidr>("\"10.0.0.1/33\"").is_err());
        assert!(serde_json::from_str::<Mtu>("1500").is_err());
    }
}
