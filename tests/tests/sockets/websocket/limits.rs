//! What a client cannot make the server do.

use landfall::socket::Reason;
use landfall_tests::wire::Frame;

use crate::websocket::site;

#[tokio::test]
async fn a_frame_is_too_large_by_its_head_alone() {
    let site = site::start().await;
    for head in [
        &[0x82, 0xfe, 0x03, 0xe9, 0, 0, 0, 0][..],
        &[0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    ] {
        let mut client = site.open("/small/websocket").await;
        client.write(head).await;
        assert_eq!(client.hear_close().await, Some(1009));
    }
}

#[tokio::test]
async fn fragments_count_together() {
    let site = site::start().await;
    let mut client = site.open("/small/websocket").await;
    client.send(Frame::new(2, vec![1; 900]).unfinished()).await;
    client.send(Frame::new(0, vec![1; 900])).await;
    assert_eq!(client.hear().await.payload.len(), 1800);
    client.send(Frame::new(2, vec![1; 900]).unfinished()).await;
    client.send(Frame::new(0, vec![1; 900]).unfinished()).await;
    client.send(Frame::new(0, vec![1; 900])).await;
    assert_eq!(client.hear_close().await, Some(1009));
}

#[tokio::test]
async fn empty_fragments_without_end_are_ended() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    client.send(Frame::text("").unfinished()).await;
    let empty = Frame::new(0, []).unfinished().to_bytes().repeat(10_000);
    for _ in 0..11 {
        client.write(&empty).await;
    }
    assert_eq!(client.hear_close_at_last().await, Some(1008));
}

#[tokio::test]
async fn a_silent_client_is_closed_with_1002() {
    let site = site::start().await;
    let mut told = site.witness("silent");
    let mut client = site.open("/brief/websocket?id=silent").await;
    assert_eq!(client.hear_close().await, Some(1002));
    assert_eq!(told.recv().await, Some(Reason::Timeout));
}

#[tokio::test]
async fn a_thousand_silent_clients_disturb_nobody() {
    let site = site::start().await;
    let mut silent = Vec::new();
    for _ in 0..1_000 {
        silent.push(site.open("/echo/websocket").await);
    }
    let mut client = site.open("/echo/websocket").await;
    client.text("still here").await;
    assert_eq!(client.hear_text().await, "still here");
    silent[999].text("so am I").await;
    assert_eq!(silent[999].hear_text().await, "so am I");
}

#[tokio::test]
async fn a_flood_of_pings_is_answered_or_ended_and_disturbs_nobody() {
    let site = site::start().await;
    let mut flooding = site.open("/echo/websocket").await;
    let mut other = site.open("/echo/websocket").await;
    let pings = Frame::ping(&[7; 125]).to_bytes().repeat(1_000);
    for _ in 0..20 {
        // The client never reads. Once its outbox is full of pongs, nothing more is read.
        let sent = tokio::time::timeout(
            std::time::Duration::from_millis(100),
            flooding.write(&pings),
        );
        let _ = sent.await;
    }
    other.text("undisturbed").await;
    assert_eq!(other.hear_text().await, "undisturbed");
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_closed_and_others_get_everything() {
    let site = site::start().await;
    let mut told = site.witness("stuck");
    let mut stuck = site.open("/narrow/websocket?id=stuck").await;
    stuck.is_quiet().await;
    let mut reader = site.open("/narrow/websocket").await;
    reader.is_quiet().await;
    let payload = "n".repeat(32 * 1024);
    let mut sent = 0;
    let reason = loop {
        site.running
            .broadcast("news", "headline", payload.as_str())
            .expect("room for a broadcast");
        assert_eq!(reader.hear_text().await.len(), payload.len());
        sent += 1;
        assert!(
            sent < 10_000,
            "the reader that does not read is still there"
        );
        if let Ok(reason) = told.try_recv() {
            break reason;
        }
    };
    assert_eq!(reason, Reason::Overflow);
    assert_eq!(stuck.hear_close_at_last().await, Some(1013));
    site.running
        .broadcast("news", "headline", "the last")
        .expect("room for a broadcast");
    assert_eq!(reader.hear_text().await, "the last");
}

#[tokio::test]
async fn a_patient_reader_loses_the_oldest() {
    let site = site::start().await;
    let mut slow = site.open("/patient/websocket").await;
    slow.is_quiet().await;
    let mut reader = site.open("/narrow/websocket").await;
    reader.is_quiet().await;
    let payload = "n".repeat(32 * 1024);
    for _ in 0..1_000 {
        site.running
            .broadcast("news", "headline", payload.as_str())
            .expect("room for a broadcast");
        reader.hear_text().await;
    }
    site.running
        .broadcast("news", "headline", "the last")
        .expect("room for a broadcast");
    let mut heard = 1;
    while slow.hear_text().await != "the last" {
        heard += 1;
    }
    assert!(heard < 1_001, "nothing was dropped");
}
