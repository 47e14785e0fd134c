//! WebSocket: valid and invalid input, in any pieces.

use landfall_tests::{
    attack::{Attacker, Sent, frame_head},
    wire::Deflater,
};

use crate::measure::{BASE, KIB, MIB, STALL, Scene, alone, scene};

/// A mount that echoes, one whose callbacks hang, and the limit of messages and outboxes there.
#[derive(Clone, Copy)]
struct Mount {
    echo: &'static str,
    hang: &'static str,
    limit: usize,
}

const MOUNTS: [Mount; 2] = [
    Mount {
        echo: "/echo/websocket",
        hang: "/hang/websocket",
        limit: 8 * MIB,
    },
    Mount {
        echo: "/small/websocket",
        hang: "/hang_small/websocket",
        limit: 64 * KIB,
    },
];
const LARGE: Mount = Mount {
    echo: "/large/websocket",
    hang: "/hang/websocket",
    limit: 200 * MIB,
};

async fn open(address: std::net::SocketAddr, target: &str) -> Attacker {
    Attacker::websocket(address, target, false)
        .await
        .expect("a WebSocket")
        .stalls_after(STALL)
}

async fn open_compressed(address: std::net::SocketAddr, target: &str) -> Attacker {
    Attacker::websocket(address, target, true)
        .await
        .expect("a WebSocket")
        .stalls_after(STALL)
}

impl Mount {
    fn bound(self) -> usize {
        2 * self.limit + BASE
    }

    /// Sends messages, as far as the server reads.
    async fn send_messages(self, attacker: &mut Attacker, count: usize) {
        for _ in 0..count {
            let head = attacker.send(&frame_head(true, false, 2, self.limit)).await;
            if head != Sent::All || attacker.send_letters(self.limit).await != Sent::All {
                return;
            }
        }
    }

    async fn half_a_message(self, scene: &Scene) {
        let attack = async |address| {
            let mut attacker = open(address, self.echo).await;
            attacker.send(&frame_head(true, false, 1, self.limit)).await;
            attacker.send_letters(self.limit - 1).await;
            attacker
        };
        scene.costs("half a message", self.bound(), attack).await;
    }

    async fn an_echo_that_is_not_read(self, scene: &Scene) {
        let attack = async |address| {
            let mut attacker = open(address, self.echo).await;
            self.send_messages(&mut attacker, 5).await;
            attacker
        };
        scene
            .costs("an echo that is not read", self.bound(), attack)
            .await;
    }

    /// The rest of an echo is small, but it keeps the memory of the whole message.
    async fn an_echo_that_is_nearly_read(self, scene: &Scene) {
        let attack = async |address| {
            let mut attacker = open(address, self.echo).await;
            attacker.send(&frame_head(true, false, 2, self.limit)).await;
            attacker.send_letters(self.limit).await;
            attacker
                .drink(self.limit - (100 * KIB).min(self.limit / 8))
                .await;
            attacker.send(&frame_head(true, false, 2, self.limit)).await;
            attacker.send_letters(self.limit - 1).await;
            attacker
        };
        scene
            .costs("an echo that is nearly read", self.bound(), attack)
            .await;
    }

    async fn fragments(self, scene: &Scene, size: usize) {
        let attack = async |address| {
            let mut attacker = open(address, self.echo).await;
            let mut fragment = frame_head(false, false, 0, size);
            fragment.resize(fragment.len() + size, b'x');
            attacker.send(&frame_head(false, false, 2, 0)).await;
            let count = (self.limit / size).min(90_000);
            let many = fragment.repeat((64 * KIB / fragment.len()).clamp(1, count));
            attacker
                .send_times(&many, count * fragment.len() / many.len())
                .await;
            attacker
        };
        scene
            .costs(&format!("fragments of {size} bytes"), self.bound(), attack)
            .await;
    }

    /// Messages and pings in large writes, to callbacks that hang and to some that do not.
    async fn small_frames(self, scene: &Scene) {
        for (what, opcode, payload) in [
            ("empty messages", 2, 0),
            ("messages of a byte", 1, 1),
            ("messages of 40 bytes", 1, 40),
            ("pings", 9, 125),
        ] {
            let mut frame = frame_head(true, false, opcode, payload);
            frame.resize(frame.len() + payload, b'x');
            let many = frame.repeat(256 * KIB / frame.len());
            for target in [self.hang, self.echo] {
                let attack = async |address| {
                    let mut attacker = open(address, target).await;
                    attacker.send_times(&many, 20).await;
                    attacker
                };
                scene
                    .costs(&format!("{what} to {target}"), self.bound(), attack)
                    .await;
            }
        }
    }

    async fn messages_while_a_callback_hangs(self, scene: &Scene) {
        let attack = async |address| {
            let mut attacker = open(address, self.hang).await;
            self.send_messages(&mut attacker, 5).await;
            attacker
        };
        scene
            .costs("messages while a callback hangs", self.bound(), attack)
            .await;
    }

    /// Each message is within the limit, and many come in one read.
    async fn compressed_messages(self, scene: &Scene) {
        let payload = Deflater::default().deflate(&vec![0; self.limit]);
        let mut frame = frame_head(true, true, 2, payload.len());
        frame.extend(payload);
        let many = frame.repeat((128 * KIB).div_ceil(frame.len()));
        for target in [self.hang, self.echo] {
            let attack = async |address| {
                let mut attacker = open_compressed(address, target).await;
                attacker.send(&many).await;
                attacker
            };
            scene
                .costs(
                    &format!("compressed messages to {target}"),
                    self.bound(),
                    attack,
                )
                .await;
        }
    }

    /// Messages in stored blocks, which are as large on the wire as inflated.
    async fn stored_messages(self, scene: &Scene) {
        const BLOCK: usize = 60_000;

        // A stored block (RFC 1951 §3.2.4).
        let mut block = vec![0];
        block.extend((BLOCK as u16).to_le_bytes());
        block.extend((!(BLOCK as u16)).to_le_bytes());
        block.resize(5 + BLOCK, b'x');
        let count = self.limit / block.len();
        for (what, is_final) in [("a stored message", true), ("half a stored message", false)] {
            for size in [block.len() * count, block.len()] {
                let attack = async |address| {
                    let mut attacker = open_compressed(address, self.echo).await;
                    let frames = count * block.len() / size;
                    for n in 0..frames {
                        let last = n + 1 == frames && is_final;
                        attacker
                            .send(&frame_head(last, n == 0, if n == 0 { 2 } else { 0 }, size))
                            .await;
                        attacker.send_times(&block, size / block.len()).await;
                    }
                    attacker
                };
                scene
                    .costs(&format!("{what} in frames of {size}"), self.bound(), attack)
                    .await;
            }
        }
    }

    async fn a_bomb(self, scene: &Scene) {
        let payload = Deflater::default().deflate(&vec![0; 3 * self.limit]);
        let attack = async |address| {
            let mut attacker = open_compressed(address, self.echo).await;
            attacker
                .send(&frame_head(true, true, 2, payload.len()))
                .await;
            attacker.send(&payload).await;
            attacker
        };
        scene.costs("a bomb", self.bound(), attack).await;
    }
}

macro_rules! each_mount {
    ($($name:ident$(($($argument:expr),*))?;)*) => { $(
        #[test]
        fn $name() {
            alone(async {
                let scene = scene().await;
                for mount in MOUNTS {
                    mount.$name(&scene $($(, $argument)*)?).await;
                }
            });
        }
    )* };
}

each_mount! {
    half_a_message;
    an_echo_that_is_not_read;
    an_echo_that_is_nearly_read;
    small_frames;
    messages_while_a_callback_hangs;
    compressed_messages;
    stored_messages;
    a_bomb;
}

#[test]
fn fragments() {
    alone(async {
        let scene = scene().await;
        for mount in MOUNTS {
            for size in [1, 100, 60_000] {
                mount.fragments(&scene, size).await;
            }
        }
    });
}

#[test]
fn a_limit_of_200_mib_holds_too() {
    alone(async {
        let scene = scene().await;
        LARGE.half_a_message(&scene).await;
        LARGE.an_echo_that_is_nearly_read(&scene).await;
    });
}
