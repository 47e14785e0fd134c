//! A cluster of Redis servers.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{Certificate, PATIENCE, Server, attempt, free_port};

/// How many slots a cluster has.
const SLOTS: usize = 16_384;

/// A cluster of servers, each with a part of the slots, and perhaps replicas.
#[derive(Debug)]
pub struct Cluster {
    /// The masters, in the order of their slots.
    pub masters: Vec<Server>,
    /// The replicas: the first one that of the first master, and so on.
    pub replicas: Vec<Server>,
    directory: PathBuf,
}

impl Cluster {
    /// Starts a cluster of so many masters and replicas, with these further arguments. A master
    /// that is silent for a second is down.
    ///
    /// # Panics
    /// Without `redis-server` and `redis-cli`, or if it does not start.
    pub fn start(masters: usize, replicas: usize, options: &[&str]) -> Self {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Cluster::start_with(masters, replicas, options, false)
    }

    /// The same, where all speak TLS alone, with each other too.
    ///
    /// # Panics
    /// As [`start`](Cluster::start).
    pub fn start_tls(masters: usize, replicas: usize, certificate: &Certificate) -> Self {
        let mut options = certificate.options();
        for option in ["--tls-cluster", "--tls-replication"] {
            options.extend([option.to_owned(), "yes".to_owned()]);
        }
        Cluster::start_with(masters, replicas, options, true)
    }

    fn start_with(masters: usize, replicas: usize, options: Vec<String>, secured: bool) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (process, count) = (std::process::id(), COUNT.fetch_add(1, Relaxed));
        let directory = std::env::temp_dir().join(format!("landfall-cluster-{process}-{count}"));
        fs::create_dir_all(&directory).expect("a directory");
        let mut bus_ports = Vec::new();
        let mut servers: Vec<Server> = (0..masters + replicas)
            .map(|n| {
                let (bus, server) = attempt(|| {
                    let (bus, file) = (free_port().to_string(), format!("nodes-{n}.conf"));
                    let path = directory.to_str().expect("a path in UTF-8");
                    let mut all = vec!["--cluster-enabled", "yes", "--cluster-port", &bus];
                    all.extend(["--cluster-config-file", &file, "--dir", path]);
                    all.extend(["--cluster-node-timeout", "1000"]);
                    all.extend(["--cluster-replica-validity-factor", "0"]);
                    all.extend(["--repl-diskless-sync-delay", "0"]);
                    all.extend(options.iter().map(String::as_str));
                    let all = all.into_iter().map(str::to_owned).collect();
                    Some((bus.clone(), Server::try_start(all, secured)?))
                });
                bus_ports.push(bus);
                server
            })
            .collect();
        for (n, server) in servers.iter().enumerate().take(masters) {
            let [first, last] = [n, n + 1].map(|n| SLOTS * n / masters);
            let (first, last) = (first.to_string(), (last - 1).to_string());
            server.ask(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]);
            // Different epochs: they need not agree on that first.
            server.ask(&["CLUSTER", "SET-CONFIG-EPOCH", &(n + 1).to_string()]);
        }
        for (server, bus) in servers.iter().zip(&bus_ports).skip(1) {
            let port = server.port.to_string();
            servers[0].ask(&["CLUSTER", "MEET", "127.0.0.1", &port, bus]);
        }
        let replicas = servers.split_off(masters);
        let cluster = Cluster {
            masters: servers,
            replicas,
            directory,
        };
        cluster.settle();
        cluster
    }

    /// Waits until all servers know each other, and the replicas their masters.
    fn settle(&self) {
        let count = self.masters.len() + self.replicas.len();
        let known = format!("cluster_known_nodes:{count}");
        for server in self.servers() {
            wait(|| server.ask(&["CLUSTER", "INFO"]).contains(&known));
        }
        for (replica, master) in self.replicas.iter().zip(&self.masters) {
            let id = Cluster::id(master);
            wait(|| replica.ask(&["CLUSTER", "REPLICATE", &id]) == "OK");
            wait(|| {
                replica
                    .ask(&["INFO", "replication"])
                    .contains("master_link_status:up")
            });
        }
        self.wait_until_up();
        for replica in &self.replicas {
            let id = Cluster::id(replica);
            for server in self.servers() {
                wait(|| {
                    let nodes = server.ask(&["CLUSTER", "NODES"]);
                    let line = nodes.lines().find(|line| line.starts_with(&id));
                    line.is_some_and(|line| line.contains("slave"))
                });
            }
        }
    }

    /// Waits until all servers say that the cluster is whole.
    ///
    /// # Panics
    /// If it does not come to be.
    pub fn wait_until_up(&self) {
        for server in self.servers() {
            wait(|| {
                server
                    .ask(&["CLUSTER", "INFO"])
                    .contains("cluster_state:ok")
            });
        }
    }

    fn servers(&self) -> impl Iterator<Item = &Server> {
        self.masters.iter().chain(&self.replicas)
    }

    /// The URLs of all servers.
    pub fn urls(&self) -> Vec<String> {
        self.servers().map(Server::url).collect()
    }

    /// The place among the masters of the one that was given a channel's slot.
    pub fn master_of(&self, channel: &str) -> usize {
        let slot = self.slot(channel).parse::<usize>().expect("a slot");
        let masters = self.masters.len();
        (0..masters)
            .find(|n| slot < SLOTS * (n + 1) / masters)
            .expect("a master")
    }

    fn slot(&self, channel: &str) -> String {
        self.masters[0].ask(&["CLUSTER", "KEYSLOT", channel])
    }

    /// Moves the slot of a channel to another master.
    pub fn move_slot(&self, channel: &str, to: usize) {
        let (slot, id) = (self.slot(channel), Cluster::id(&self.masters[to]));
        // First to the one that gets it: nobody is without it.
        let (first, others) = (&self.masters[to], &self.masters);
        for server in [first].into_iter().chain(others) {
            let said = server.ask(&["CLUSTER", "SETSLOT", &slot, "NODE", &id]);
            assert_eq!(said, "OK");
        }
    }

    fn id(server: &Server) -> String {
        server.ask(&["CLUSTER", "MYID"])
    }
}

fn wait(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "the cluster does not settle");
        sleep(Duration::from_millis(20));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.masters.clear();
        self.replicas.clear();
        let _ = fs::remove_dir_all(&self.directory);
    }
}
