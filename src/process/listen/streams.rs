//! Connections: each gets back what it sends, until it has sent all.

use std::{
    io::{self, Result},
    net,
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    io::copy,
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// How long is waited when there is nothing left to accept a connection with.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections for ever.
pub(super) async fn serve(socket: net::TcpListener) -> Result<()> {
    let listener = TcpListener::from_std(socket)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(send_back(stream))),
            // It went away again, or there are no descriptors left.
            Err(_) => sleep(PAUSE).await,
        }
    }
}

async fn send_back(mut stream: TcpStream) -> io::Result<()> {
    // Closed meanwhile, it is broken off: one that waits for its end would keep the namespace.
    SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    let (mut read, mut write) = stream.split();
    copy(&mut read, &mut write).await?;
    SockRef::from(&stream).set_linger(None)
}
