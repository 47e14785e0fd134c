//! Plain sockets.

use std::marker::PhantomData;

use landfall::{prelude::*, testing};

use crate::state::app::{App, Counter, CurrentUser, Title, Users};

endpoint! {
    struct Web;

    secret_key_base = env("SECRET_KEY_BASE");
    state = App;
    socket("/teller", Teller, longpoll);
    socket("/as", As<Title>);
    socket("/count", As<Counter>);
}

/// Takes state in its callbacks.
struct Teller {
    user: &'static str,
    title: Title,
}

#[socket]
impl Teller {
    async fn connect(
        user: CurrentUser,
        #[state] title: Title,
        #[param(default)] silent: bool,
        mailbox: Mailbox<&'static str>,
        #[cfg(any())]
        #[state]
        never: NoSuchType,
        #[cfg(not(any()))]
        #[state]
        Counter { .. }: Counter,
    ) -> Result<Self, Refused> {
        if !silent {
            mailbox.send("told")?;
        }
        Ok(Teller {
            user: user.0,
            title,
        })
    }

    fn init(&mut self, out: &mut Outbox, #[state] counter: Counter) {
        out.push(format!(
            "{} at {}, {}",
            self.user,
            self.title.0,
            counter.next()
        ));
    }

    async fn handle_in(
        &mut self,
        message: Message,
        out: &mut Outbox,
        #[state] users: Users,
    ) -> Flow {
        let found = users.find(message.as_text().unwrap_or_default()).await;
        out.push(found.unwrap_or("nobody"));
        Flow::Continue
    }

    async fn handle_info(
        &mut self,
        info: &'static str,
        out: &mut Outbox,
        #[state] mut title: Title,
    ) {
        title.0 = title.0.trim_start_matches("the ");
        out.push(format!("{info}: {}", title.0));
    }

    #[cfg(any())]
    fn handle_control(&mut self, _: Control, _: &mut Outbox, #[state] _: NoSuchType) {}
}

/// Answers with its state.
struct As<T>(PhantomData<T>);

trait Told: Send + Sync + 'static {
    fn told(&self) -> String;
}

impl Told for Title {
    fn told(&self) -> String {
        self.0.to_owned()
    }
}

impl Told for Counter {
    fn told(&self) -> String {
        self.next().to_string()
    }
}

#[socket]
impl<T: Told> As<T> {
    fn connect(#[state] _: T) -> Result<Self, Refused> {
        Ok(As(PhantomData))
    }

    fn handle_in(&mut self, _: Message, out: &mut Outbox, #[state] state: T) {
        out.push(state.told());
    }
}

#[tokio::test(start_paused = true)]
async fn callbacks_take_parts_of_it() {
    let site = testing::start_with::<Web>(App::new("the harbour")).await;
    for longpoll in [false, true] {
        let mut connect = site.raw("/teller").param("user", "ann");
        if longpoll {
            connect = connect.longpoll();
        }
        let mut client = connect.await.unwrap();
        let count = if longpoll { 4 } else { 2 };
        client.expect(format!("ann at the harbour, {count}")).await;
        client.expect("told: harbour").await;
        client.send("bob");
        client.expect("bob").await;
        client.send("eve");
        client.expect("nobody").await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_extractor_refuses() {
    let site = testing::start_with::<Web>(App::new("a")).await;
    assert_eq!(
        site.raw("/teller")
            .param("user", "eve")
            .await
            .unwrap_err()
            .status(),
        403
    );
    assert_eq!(site.state().counter.next(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_generic_socket_takes_what_its_parameter_says() {
    let site = testing::start_with::<Web>(App::new("a")).await;
    let mut title = site.raw("/as").await.unwrap();
    title.send("?");
    title.expect("a").await;
    let mut count = site.raw("/count").await.unwrap();
    count.send("?");
    count.expect("1").await;
}

#[tokio::test(start_paused = true)]
async fn each_endpoint_has_its_own() {
    let [one, other] = ["one", "other"].map(App::new);
    let one = testing::start_with::<Web>(one).await;
    let other = testing::start_with::<Web>(other).await;
    for (site, title) in [(&one, "one"), (&other, "other")] {
        let mut client = site.raw("/as").await.unwrap();
        client.send("?");
        client.expect(title).await;
        assert_eq!(site.state().title.0, title);
    }
}

endpoint! {
    pub(crate) struct Small;
    state = App;
    socket("/as", As<Title>);
}

#[tokio::test]
async fn it_is_given_at_the_start() {
    let small = Small::start(App::new("a")).await.unwrap();
    assert_eq!(small.state().title.0, "a");
    small.shutdown().await.unwrap();
    let small = Small::builder(App::new("b"))
        .server(false)
        .start()
        .await
        .unwrap();
    assert_eq!(small.handle().state::<App>().unwrap().title.0, "b");
    small.shutdown().await.unwrap();
    let small = <Small as Endpoint>::builder_with(App::new("c"))
        .start()
        .await
        .unwrap();
    assert_eq!(small.state().title.0, "c");
    small.shutdown().await.unwrap();
}
