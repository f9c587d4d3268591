//! Signed rows, and where they go besides.

use std::{
    io::{BufRead as _, BufReader},
    net::{TcpListener, UdpSocket},
};

use okta_trail::{
    Checkpoint, KeyFile, ProblemKind, Recorder as _, SigningKey as _, Syslog, verify,
};
use serde_json::json;

use crate::support::{World, kinds, row, rows, write};

fn key(world: &World) -> okta_trail::PublicKey {
    KeyFile::read(&world.settings.state).unwrap().unwrap().public()
}

#[test]
fn every_so_many_rows_are_signed() {
    let mut world = World::new();
    world.settings.checkpoint_rows = 4;
    let trail = world.trail();
    for _ in 0..4 {
        write(&trail);
    }
    drop(trail);
    let kinds = kinds(&world.segments()[0]);
    let at: Vec<usize> =
        (1..).zip(&kinds).filter(|(_, kind)| *kind == "checkpoint").map(|(at, _)| at).collect();
    assert_eq!(at, [5, 10, 15, 17]);
    assert_eq!(world.assert_whole().checkpoints(), 4);
}

#[test]
fn the_public_key_lies_beside_the_segments() {
    let world = World::new();
    write(&world.trail());
    let pem = std::fs::read_to_string(world.folder().join("audit-key.pub")).unwrap();
    assert_eq!(okta_trail::PublicKey::parse(&pem), Some(key(&world)));
    assert_eq!(rows(&world.segments()[0])[0]["public_key"], key(&world).to_hex());
}

#[test]
fn another_key_is_noticed() {
    let world = World::new();
    write(&world.trail());
    let before = key(&world);
    std::fs::remove_file(world.settings.state.join("audit-key")).unwrap();
    write(&world.trail());
    let report = verify(world.folder(), Some(&before), &[]).unwrap();
    let [problem] = &report.problems[..] else { panic!("{report:?}") };
    assert_eq!((problem.kind, problem.row), (ProblemKind::KeyChanged, 1));
    assert!(world.segments()[1].ends_with(&problem.segment));
    // The folder has the new one: then it is the first that is not expected.
    let report = world.verify();
    assert_eq!(report.problems.len(), 1);
    assert!(world.segments()[0].ends_with(&report.problems[0].segment));
}

/// The checkpoint of a message, with what comes before it.
fn received(world: &World, message: &str) -> Checkpoint {
    let (header, _) = message.split_once('{').unwrap();
    let parts: Vec<&str> = header.split(' ').collect();
    let process = std::process::id().to_string();
    assert_eq!(parts[0], "<109>1");
    assert!(parts[1].parse::<jiff::Timestamp>().is_ok(), "{header}");
    assert_eq!(parts[2..], ["-", "okta-mcp", &process, "checkpoint", "-", ""]);
    Checkpoint::parse(message, &key(world)).unwrap()
}

/// One that was sent away must be in the trail.
fn assert_missed_without_it(world: &World, checkpoint: Checkpoint) {
    let elsewhere = [checkpoint];
    assert!(verify(world.folder(), None, &elsewhere).unwrap().is_whole());
    for path in world.segments() {
        std::fs::remove_file(path.with_extension("jsonl.head")).unwrap();
        std::fs::remove_file(path).unwrap();
    }
    // Nothing else knows of it.
    world.assert_whole();
    let report = verify(world.folder(), None, &elsewhere).unwrap();
    assert_eq!(report.problems[0].kind, ProblemKind::MissingSegment);
}

#[test]
fn checkpoints_go_to_syslog_over_udp() {
    let mut world = World::new();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    world.settings.syslog = Some(Syslog::Udp(socket.local_addr().unwrap().to_string()));
    write(&world.trail());
    let mut message = [0; 2000];
    let length = socket.recv(&mut message).unwrap();
    let message = std::str::from_utf8(&message[..length]).unwrap();
    assert_missed_without_it(&world, received(&world, message));
}

#[test]
fn checkpoints_go_to_syslog_over_tcp() {
    let mut world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    world.settings.syslog = Some(Syslog::Tcp(listener.local_addr().unwrap().to_string()));
    write(&world.trail());
    let mut line = String::new();
    BufReader::new(listener.accept().unwrap().0).read_line(&mut line).unwrap();
    assert!(line.ends_with("}\n"), "{line}");
    assert_missed_without_it(&world, received(&world, &line));
}

#[cfg(unix)]
#[test]
fn checkpoints_go_to_sockets_of_both_kinds() {
    use std::os::unix::net::{UnixDatagram, UnixListener};
    let mut world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("datagrams");
    let socket = UnixDatagram::bind(&path).unwrap();
    world.settings.syslog = Some(Syslog::Unix(path));
    write(&world.trail());
    let mut message = [0; 2000];
    let length = socket.recv(&mut message).unwrap();
    received(&world, std::str::from_utf8(&message[..length]).unwrap());

    let path = folder.path().join("stream");
    let listener = UnixListener::bind(&path).unwrap();
    world.settings.syslog = Some(Syslog::Unix(path));
    write(&world.trail());
    let mut line = String::new();
    BufReader::new(listener.accept().unwrap().0).read_line(&mut line).unwrap();
    received(&world, &line);
}

#[cfg(unix)]
#[test]
fn checkpoints_go_to_the_standard_input_of_a_command() {
    let mut world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let command = ["sh", "-c", "cat >> \"$0\"", kept.to_str().unwrap()];
    world.settings.command = Some(command.map(str::to_owned).to_vec());
    world.settings.checkpoint_rows = 2;
    write(&world.trail());
    let text = std::fs::read_to_string(kept).unwrap();
    let checkpoints: Vec<Checkpoint> =
        text.lines().map(|line| Checkpoint::parse(line, &key(&world)).unwrap()).collect();
    assert_eq!(checkpoints.len(), 2);
    assert!(verify(world.folder(), None, &checkpoints).unwrap().is_whole());
    // Another key's are none.
    let other = World::new();
    std::fs::create_dir_all(other.folder()).unwrap();
    other.around();
    let elsewhere = text.replace("\"seq\":", "\"seq\":1");
    assert!(elsewhere.lines().all(|line| Checkpoint::parse(line, &key(&world)).is_none()));
}

#[test]
fn what_does_not_arrive_is_recorded_and_stops_nothing() {
    let mut world = World::new();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    world.settings.syslog = Some(Syslog::Tcp(gone.to_string()));
    world.settings.command = Some(vec!["/nowhere/at/all".to_owned()]);
    let trail = world.trail();
    write(&trail);
    trail.close().unwrap();
    let all = rows(&world.segments()[0]);
    let failed: Vec<_> = all.iter().filter(|row| row["kind"] == "checkpoint_undelivered").collect();
    let to: Vec<&str> = failed.iter().map(|row| row["to"].as_str().unwrap()).collect();
    assert_eq!(to, ["syslog", "command"]);
    assert_eq!(failed[0]["checkpoint"]["seq"], 4);
    assert_eq!(all.last().unwrap()["kind"], "closed");
    trail.record(row("call", json!({})), false).unwrap();
    world.assert_whole();
}
