// Sockets in every way that they can be written.

mod rooms {
    use landfall::{prelude::*, socket::{Children, RequestUri}};

    pub struct Plain;

    #[socket(websocket(timeout = secs(30), outbox(limit = 65_536)), drainer(batch_size = 100), log = debug)]
    impl Plain {
        fn connect() -> Result<Self, Refused> {
            Ok(Plain)
        }

        fn handle_in(&mut self, message: Message, out: &mut Outbox) {
            out.push(message);
        }
    }

    pub struct Full<T> {
        value: T,
    }

    #[socket(crate = ::landfall)]
    impl<T> Full<T>
    where
        T: Clone + Send + Sync + Default + 'static,
    {
        /// Documentation stays.
        pub async fn connect(
            #[param(name = "page-number", default)] page: u32,
            #[param] r#type: Option<String>,
            #[cfg(not(windows))]
            #[info]
            uri: RequestUri,
            mut names: Params,
            connect: Connect<T>,
        ) -> Result<Self, Refused> {
            #![allow(unused_assignments)]
            names = connect.params().clone();
            drop((page, r#type, uri, names));
            Ok(Full { value: T::default() })
        }

        async fn init(&mut self, _: &mut Outbox) -> Flow {
            Flow::Continue
        }

        async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
            if self.same(&self.value) { Flow::Continue } else { Flow::stop() }
        }

        async fn handle_info(&mut self, value: T, _: &mut Outbox) {
            self.value = value;
        }

        async fn handle_control(&mut self, _: Control, _: &mut Outbox) {}

        fn terminate(self, _: Reason) {}

        fn children(children: &mut Children) {
            children.add("nothing", |_| async {});
        }

        fn encode(broadcast: &Broadcast) -> Option<Message> {
            broadcast.payload().as_text().map(Message::from)
        }

        fn same(&self, _: &T) -> bool {
            true
        }
    }

    pub struct Held<T>(T);

    #[socket]
    impl<T: Default + Send> Held<T> {
        fn connect() -> Result<Self, Refused> {
            Ok(Held(T::default()))
        }

        async fn handle_in(&mut self, _: Message, _: &mut Outbox) {
            drop(std::mem::take(&mut self.0));
        }
    }
}

fn assert_socket<S: landfall::Socket<Info = I>, I>() {}

fn main() {
    #[derive(Clone, Default)]
    struct Local;

    #[landfall::socket]
    impl Local {
        async fn connect() -> Result<Self, landfall::socket::Refused> {
            Ok(Local)
        }

        async fn handle_in(&mut self, _: landfall::Message, _: &mut landfall::socket::Outbox) {}
    }

    assert_socket::<rooms::Plain, ()>();
    assert_socket::<rooms::Full<Local>, Local>();
    assert_socket::<rooms::Held<u8>, ()>();
    assert_socket::<Local, ()>();
}
