landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, longpoll);
    socket("/b", EchoSocket, longpoll(connect_info = [session(SESSION)]));
    socket("/c", EchoSocket, longpoll = false);
}

fn main() {}
