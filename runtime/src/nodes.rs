#![cfg_attr(
    all(feature = "channels", feature = "longpoll", feature = "redis"),
    doc = include_str!("docs/nodes.md")
)]
#![cfg_attr(
    not(all(feature = "channels", feature = "longpoll", feature = "redis")),
    doc = "Several nodes: this page is there with the features `channels`, `longpoll` and `redis`."
)]

// It has no items: what it describes stands in the modules that it names.
