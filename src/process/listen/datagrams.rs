//! Datagrams: each is sent back, from the address that it was sent to.

use std::{
    io::{self, IoSlice, IoSliceMut, Result},
    net::{self, SocketAddr},
    os::fd::{AsFd, AsRawFd},
};

use nix::{
    cmsg_space,
    sys::socket::{
        ControlMessage, ControlMessageOwned, MsgFlags, SockaddrIn6, recvmsg, sendmsg, setsockopt,
        sockopt::Ipv6RecvPacketInfo,
    },
};
use socket2::Socket;
use tokio::{io::Interest, net::UdpSocket};

/// The longest datagram.
const LONGEST: usize = 65_535;

/// Has the kernel tell with each datagram where it went, where that can differ: of its addresses the kernel would choose
/// another one to answer from, which nobody waits for. (IPv4 counts as IPv6 here.)
pub(super) fn tell_destinations(socket: &Socket, at: SocketAddr) -> Result<()> {
    if at.is_ipv6() && at.ip().is_unspecified() {
        setsockopt(&socket.as_fd(), Ipv6RecvPacketInfo, &true)?;
    }
    Ok(())
}

/// Answers datagrams for ever.
pub(super) async fn serve(socket: net::UdpSocket) -> Result<()> {
    let is_told = socket.local_addr()?.is_ipv6() && socket.local_addr()?.ip().is_unspecified();
    let socket = UdpSocket::from_std(socket)?;
    let mut buffer = vec![0; LONGEST];
    loop {
        if is_told {
            // What cannot be answered is lost, as datagrams are; so is word of an earlier answer that was refused.
            socket.async_io(Interest::READABLE, || send_back(&socket, &mut buffer)).await.ok();
        } else if let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            socket.send_to(&buffer[..length], from).await.ok();
        }
    }
}

/// Sends the next datagram back from where it went.
fn send_back(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<()> {
    let mut room = cmsg_space!([u8; 64]);
    let (length, from, destination) = {
        let mut parts = [IoSliceMut::new(buffer)];
        let flags = MsgFlags::MSG_DONTWAIT;
        let heard = recvmsg::<SockaddrIn6>(socket.as_raw_fd(), &mut parts, Some(&mut room), flags)?;
        let destination = heard.cmsgs()?.find_map(|message| match message {
            ControlMessageOwned::Ipv6PacketInfo(info) => Some(info),
            _ => None,
        });
        (heard.bytes, heard.address, destination)
    };
    // The way back need not lead through the link that it came in by; an address of a link's own is good only there.
    let destination = destination.map(|mut info| {
        let is_of_link = info.ipi6_addr.s6_addr[0] == 0xfe && info.ipi6_addr.s6_addr[1] & 0xc0 == 0x80;
        if !is_of_link {
            info.ipi6_ifindex = 0;
        }
        info
    });
    let notes: Vec<ControlMessage<'_>> = destination.iter().map(ControlMessage::Ipv6PacketInfo).collect();
    let parts = [IoSlice::new(&buffer[..length])];
    sendmsg(socket.as_raw_fd(), &parts, &notes, MsgFlags::MSG_DONTWAIT, from.as_ref())?;
    Ok(())
}
