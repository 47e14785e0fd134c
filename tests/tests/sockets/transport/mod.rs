//! The guarantees for a custom transport, step by step: a test holds both halves of a connection.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod held;
mod replay;
mod site;

use std::error::Error;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::BodyExt;
use landfall::{message::Control, prelude::*, transport::Denied};
use tokio::time::{Instant, sleep, timeout};

use crate::transport::{
    held::{Held, Upload, answer, flood, get, gone, open, start, status, stopped},
    site::{SECOND, Wrong},
};

#[tokio::test(start_paused = true)]
async fn what_callbacks_send_comes_in_order_with_the_transports_own_words() {
    let site = start().await;
    let mut held = open(&site, "tide").await;
    held.driver.write("<");
    assert_eq!(held.deliver("one").await, Flow::Continue);
    assert_eq!(
        held.driver
            .control(Control::Ping(Bytes::from_static(b"p")))
            .await,
        Flow::Continue
    );
    held.driver.write("");
    site.broadcast("news", "news", "two").unwrap();
    // The task of a shard delivers it.
    sleep(SECOND / 10).await;
    held.driver.write(">");
    for heard in ["<", "in one", "Ping(1 bytes)", "two", ">"] {
        assert_eq!(held.heard().await, heard);
    }
    assert!(
        timeout(SECOND, held.outgoing.next()).await.is_err(),
        "nothing else was sent"
    );
    assert_eq!(site.stats().connections, 1);
}

#[tokio::test(start_paused = true)]
async fn the_mailbox_makes_it_ready() {
    let site = start().await;
    let mut held = open(&site, "tide").await;
    assert!(
        timeout(SECOND, held.driver.ready()).await.is_err(),
        "there is nothing to do"
    );
    assert_eq!(held.deliver("mail").await, Flow::Continue);
    held.driver.ready().await;
    // The second message stops; the third is not handled.
    assert_eq!(held.driver.info().await, Flow::stop());
    assert_eq!(
        [held.heard().await, held.heard().await],
        ["info 1", "info 2"]
    );
    held.driver.terminate(Reason::Normal);
    assert_eq!(held.outgoing.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn after_the_end_nothing_is_called_or_sent() {
    let site = start().await;
    let mut held = open(&site, "tide").await;
    assert_eq!(held.deliver("one").await, Flow::Continue);
    let (code, reason) = stopped(held.deliver("stop").await);
    assert_eq!(
        (code, &reason),
        (
            4001,
            &Reason::ServerClosed {
                code: 4001,
                text: "as asked".into()
            }
        )
    );
    held.driver.write("farewell");
    held.driver.terminate(reason);
    assert_eq!(
        held.ended().await,
        "ServerClosed { code: 4001, text: \"as asked\" }"
    );

    held.driver.terminate(Reason::Normal);
    held.driver.write("too late");
    site.broadcast("news", "news", "too late").unwrap();
    held.driver.ready().await;
    for flow in [
        held.deliver("two").await,
        held.driver.init().await,
        held.driver.info().await,
    ] {
        assert_eq!(flow, Flow::stop());
    }
    // What was sent before can still be read.
    assert_eq!(
        [held.heard().await, held.heard().await],
        ["in one", "farewell"]
    );
    assert_eq!(held.outgoing.next().await, None);
    assert_eq!(held.outgoing.next().await, None);
    drop(held.driver);
    assert!(
        timeout(SECOND, held.ends.recv()).await.is_err(),
        "`terminate` was called once"
    );
    assert_eq!(site.stats().connections, 0);
}

#[tokio::test(start_paused = true)]
async fn a_second_init_does_nothing() {
    let site = start().await;
    let mut held = open(&site, "tide").await;
    assert_eq!(held.driver.init().await, Flow::Continue);
    assert_eq!(held.deliver("one").await, Flow::Continue);
    assert_eq!(held.heard().await, "in one");
    held.driver.terminate(Reason::Normal);
    assert_eq!(held.ended().await, "Normal");
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_way_to_stop() {
    let site = start().await;
    let mut held = open(&site, "tide").await;
    assert_eq!(stopped(held.deliver("panic").await), (1011, Reason::Crash));
    // The transport decides when the socket ends.
    held.driver.terminate(Reason::Crash);
    assert_eq!(held.ended().await, "Crash");
}

#[tokio::test(start_paused = true)]
async fn either_half_ends_the_connection() {
    let site = start().await;
    let mut held = open(&site, "tide").await;
    drop(held.outgoing);
    held.driver.ready().await;
    assert_eq!(stopped(held.driver.info().await), (1006, gone()));
    drop(held.driver);

    let mut held = open(&site, "tide").await;
    drop(held.driver);
    assert_eq!(held.outgoing.next().await, None);
    let broadcast = held.ends.recv().await.unwrap();
    let Payload::Text(reason) = broadcast.payload() else {
        panic!("{broadcast:?}")
    };
    assert_eq!(reason.as_str(), format!("{:?}", gone()));
}

#[tokio::test(start_paused = true)]
async fn callbacks_wait_for_a_client_that_does_not_read() {
    let site = start().await;
    let mut held = open(&site, "closing").await;
    assert_eq!(held.deliver("big").await, Flow::Continue);
    // More than half of the limit waits now. A call that is dropped meanwhile has not begun.
    assert!(
        timeout(SECOND, held.deliver("one")).await.is_err(),
        "it waits for room"
    );
    let Held {
        driver, outgoing, ..
    } = &mut held;
    let (flow, first) = tokio::join!(driver.deliver("two".into()), async {
        sleep(SECOND).await;
        outgoing.next().await
    });
    assert_eq!(
        (flow, first.map(|bytes| bytes.len())),
        (Flow::Continue, Some(600))
    );
    assert_eq!(held.heard().await, "in two");

    // A call that waits for room returns when the other half is dropped.
    assert_eq!(held.deliver("big").await, Flow::Continue);
    let Held {
        driver, outgoing, ..
    } = held;
    let mut driver = driver;
    let (flow, ()) = tokio::join!(driver.deliver("three".into()), async { drop(outgoing) });
    assert_eq!(stopped(flow), (1006, gone()));
}

#[tokio::test(start_paused = true)]
async fn past_the_limit_a_connection_ends_without_a_gap() {
    let site = start().await;
    let mut held = open(&site, "closing").await;
    flood(&site).await;
    held.driver.ready().await;
    assert_eq!(stopped(held.driver.info().await), (1013, Reason::Overflow));
    // There is room again, but a broadcast was lost. Later ones would arrive with a gap.
    assert!(held.heard().await.starts_with('0'));
    site.broadcast("news", "news", "after the gap").unwrap();
    sleep(SECOND).await;
    held.driver.write("farewell");
    held.driver.terminate(Reason::Overflow);
    assert!(held.heard().await.starts_with('1'));
    assert_eq!(held.heard().await, "farewell");
    assert_eq!(held.outgoing.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn or_the_oldest_broadcasts_are_dropped() {
    let site = start().await;
    let mut held = open(&site, "dropping").await;
    assert_eq!(held.deliver("its own").await, Flow::Continue);
    flood(&site).await;
    assert_eq!(held.heard().await, "in its own");
    assert!(held.heard().await.starts_with('2'));
    assert!(held.heard().await.starts_with('3'));
    assert!(timeout(SECOND, held.outgoing.next()).await.is_err());
    assert_eq!(site.stats().dropped_broadcasts, 2);
    assert!(
        timeout(SECOND, held.driver.ready()).await.is_err(),
        "the connection goes on"
    );
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_connection_and_signs_of_life_keep_it() {
    let site = start().await;
    let mut held = open(&site, "silent").await;
    for _ in 0..5 {
        assert!(timeout(6 * SECOND, held.driver.ready()).await.is_err());
        held.driver.touch();
    }
    // A message that is sent, or taken by the transport, is not a sign of life of the client.
    let began = Instant::now();
    while timeout(SECOND, held.driver.ready()).await.is_err() {
        assert_eq!(held.deliver("hello").await, Flow::Continue);
        assert_eq!(held.heard().await, "in hello");
    }
    let silence = began.elapsed();
    assert!((8 * SECOND..=10 * SECOND).contains(&silence), "{silence:?}");
    assert_eq!(stopped(held.driver.info().await), (1002, Reason::Timeout));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_taken_is_a_sign_of_life() {
    let site = start().await;
    let Held {
        mut driver,
        outgoing,
        ..
    } = open(&site, "silent").await;
    let mut body = outgoing.keep_alive(3 * SECOND, "still here").into_body();
    let began = Instant::now();
    for count in 1..=10 {
        let chunk = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(
            (&*chunk, began.elapsed().as_secs()),
            (&b"still here"[..], 3 * count)
        );
    }
    sleep(2 * SECOND).await;
    driver.write("a message");
    assert_eq!(
        body.frame().await.unwrap().unwrap().into_data().unwrap(),
        "a message"
    );
    // Nothing is sent from here on.
    let began = Instant::now();
    body.frame().await.unwrap().unwrap();
    assert_eq!(began.elapsed().as_secs(), 3);
    assert!(
        timeout(SECOND, driver.ready()).await.is_err(),
        "the client was heard all the time"
    );

    driver.ready().await;
    assert_eq!(stopped(driver.info().await), (1002, Reason::Timeout));
    assert!(began.elapsed() >= 11 * SECOND, "{:?}", began.elapsed());
    driver.terminate(Reason::Timeout);
    // The end does not wait for the pulse.
    assert!(
        body.frame()
            .await
            .is_none_or(|frame| frame.unwrap().into_data().unwrap() == "still here")
    );
    assert!(body.frame().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn the_endpoint_waits_for_connections_to_end() {
    let site = start().await;
    let mut held = open(&site, "tide").await;
    let stopping = tokio::spawn({
        let site = site.clone();
        async move { site.shutdown().await.map(|()| Instant::now()) }
    });
    held.driver.ready().await;
    assert_eq!(held.driver.info().await, Flow::restart());
    // New clients are refused.
    assert_eq!(status(&site, get("/tide/well/by/hand")).await, 503);
    sleep(3 * SECOND).await;
    assert!(!stopping.is_finished());
    let ended = Instant::now();
    drop(held.driver);
    let stopped = stopping.await.unwrap().unwrap();
    assert!(stopped - ended < SECOND, "{:?}", stopped - ended);
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_task_does_not_listen_is_told_when_it_does() {
    let site = start().await;
    let held = open(&site, "tide").await;
    let Held {
        mut driver,
        outgoing,
        ..
    } = held;
    let busy = tokio::spawn(async move {
        // This is longer than the drainer waits.
        sleep(31 * SECOND).await;
        driver.ready().await;
        stopped(driver.info().await)
    });
    // The connection has lost nothing.
    site.shutdown().await.unwrap();
    assert_eq!(busy.await.unwrap(), (1012, Reason::Shutdown));
    drop(outgoing);
}

#[tokio::test(start_paused = true)]
async fn each_step_refuses_with_a_status_of_its_own() {
    let site = start().await;
    let mut ends = site.subscribe("ends");
    let well = "/tide/well/by/hand";
    assert_eq!(
        answer(&site, get(well).body("ten bytes!".into()).unwrap()).await,
        (200, "None 10".to_owned())
    );
    let offer = |offer| {
        get(well)
            .header("sec-websocket-protocol", offer)
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(
        answer(&site, offer("v0, v1")).await,
        (200, "Some(\"v1\") 0".to_owned())
    );
    assert_eq!(
        answer(&site, offer("v1, v2")).await,
        (200, "Some(\"v2\") 0".to_owned())
    );
    assert_eq!(answer(&site, offer("v3")).await.0, 403);

    assert_eq!(
        status(&site, get(well).header("origin", "https://example.com")).await,
        200
    );
    assert_eq!(
        status(&site, get(well).header("origin", "https://example.org")).await,
        403
    );
    assert_eq!(status(&site, get("/tide/%ff/by/hand")).await, 400);
    assert_eq!(status(&site, get("/tide/well/by/hand?a=%ff")).await, 400);
    assert_eq!(status(&site, get("/tide/refused/by/hand")).await, 401);
    assert_eq!(status(&site, get("/tide/panics/by/hand")).await, 500);
    assert_eq!(status(&site, get("/tide/well/by/foot")).await, 404);

    // The size is announced in the first case, and found while reading in the second.
    let upload = async |body| answer(&site, get(well).body(body).unwrap()).await.0;
    assert_eq!(upload("eleven byte".into()).await, 413);
    assert_eq!(upload(Body::new(Upload::Endless)).await, 413);
    assert_eq!(upload(Body::new(Upload::Broken)).await, 400);
    let began = Instant::now();
    assert_eq!(upload(Body::new(Upload::Stuck)).await, 408);
    assert_eq!(began.elapsed().as_secs(), 60);
    // Connections that are dropped at once end without an `init`.
    assert_eq!(site.stats().connections, 0);
    assert!(
        timeout(SECOND, ends.recv()).await.is_err(),
        "`terminate` without `init`"
    );
}

#[tokio::test]
async fn a_transport_refuses_with_a_response_of_its_own() {
    let site = start().await;
    let delete = get("/tide/well/by/hand").method("DELETE");
    assert_eq!(
        answer(&site, delete.body(Body::empty()).unwrap()).await,
        (418, "not here".to_owned())
    );
}

#[test]
fn why_an_attempt_was_denied_is_an_error_with_its_cause() {
    let refused = Denied::Refused(Refused::because("no token"));
    assert_eq!(refused.to_string(), "`connect` refused");
    let cause = refused.source().map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("no token"));

    let mut gone = Response::new(Body::empty());
    *gone.status_mut() = StatusCode::GONE;
    let gone = Denied::from(gone);
    assert_eq!(gone.to_string(), "answered by 410 Gone");
    assert!(gone.source().is_none());
    assert_eq!(Response::from(gone).status(), 410);
}

#[tokio::test]
async fn transports_that_cannot_be_used_are_found_at_the_start() {
    let error = Wrong::start().await.unwrap_err().to_string();
    for (mount, what) in [
        ("/panics/:how", "making the transport panicked: as asked"),
        (
            "/twice/:how",
            "its path is served by another transport already",
        ),
        (
            "/early/:how",
            "its path is served by another transport already",
        ),
        (
            "/mean/:how",
            "`Tide` reads connect_info keys that this transport does not grant: [\"auth_token\"]",
        ),
    ] {
        let mut lines = error.lines();
        assert!(
            lines.any(|line| line.contains(mount) && line.contains(what)),
            "{mount}: {what}\n{error}"
        );
    }
}
