//! The trail as this process writes it.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::SignedDuration;
use serde_json::json;

use crate::{
    Recorded, Recorder, Row, Settings, TrailError,
    key::{KEY_FILE, KeyFile, SigningKey},
    live::{self, Begin, Live, Wrap},
    name::SegmentName,
    others::Others,
    outside::Outside,
    pseudonym::{KEY_FILE as PSEUDONYM_KEY_FILE, Pseudonyms},
    recover::recover,
    retire::retire,
    row::hex,
    segment::Store,
    surroundings::Surroundings,
};

/// A segment is closed at this age, so that old ones can go: one that lasts would keep all those
/// that it names.
const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why a segment ends with its process.
const END: &str = "end";

/// The trail as this process writes it: segments of chained, signed rows. Nothing is read or
/// written before the first row.
pub struct Trail {
    settings: Settings,
    around: Surroundings,
    process: String,
    wrap: Wrap,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    live: Option<Live>,
    /// How many segments were begun.
    begun: u32,
    /// The dead segments that the last one was begun among.
    dead: Vec<SegmentName>,
    key: Option<Arc<dyn SigningKey>>,
    pseudonyms: Option<Pseudonyms>,
    outside: Option<Outside>,
}

impl Trail {
    /// A trail with these settings. Its segments end when it is closed or dropped.
    pub fn new(settings: Settings, around: Surroundings) -> Self {
        let mut process = [0; 4];
        around.fill(&mut process);
        let wrap: Wrap = Arc::new(|file| Box::new(file) as Box<dyn Store>);
        Self { settings, around, process: hex(&process), wrap, state: Mutex::default() }
    }

    /// The same, signed by a key that lies elsewhere than in the state folder.
    #[must_use]
    pub fn signed_by(self, key: Arc<dyn SigningKey>) -> Self {
        self.state().key = Some(key);
        self
    }

    /// Ends the segment, as far as one was begun: signs it, waits a little for checkpoints that
    /// are on their way, and writes the last row. A row that comes after all begins another one.
    pub fn close(&self) -> Result<(), TrailError> {
        self.state().close(self, END)
    }

    #[cfg(test)]
    pub(crate) fn wrapped(mut self, wrap: Wrap) -> Self {
        self.wrap = wrap;
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder for Trail {
    fn record(&self, row: Row, durable: bool) -> Result<Recorded, TrailError> {
        self.state().record(self, row, durable)
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "the audit trail could not be closed");
        }
    }
}

impl State {
    fn record(
        &mut self,
        trail: &Trail,
        mut row: Row,
        durable: bool,
    ) -> Result<Recorded, TrailError> {
        self.rotate(trail)?;
        if trail.settings.pseudonymise {
            self.pseudonyms(trail)?.apply(&mut row);
        }
        row.make_plain();
        let failures = self.outside.as_ref().map(Outside::failures).unwrap_or_default();
        let live = self.live(trail)?;
        for failure in failures {
            live.append(failure, false)?;
        }
        let recorded = live.append(row, durable)?;
        let rows = trail.settings.checkpoint_rows;
        if rows > 0 && live.unchecked() >= rows {
            // The row is kept; the next one tries again.
            if let Err(error) = self.checkpoint(trail) {
                tracing::warn!(%error, "a checkpoint of the audit trail is missing");
            }
        }
        Ok(recorded)
    }

    /// The segment of this process; begins it where there is none.
    fn live(&mut self, trail: &Trail) -> Result<&mut Live, TrailError> {
        if self.live.is_none() {
            let live = self.begin(trail)?;
            self.live = Some(live);
        }
        let Some(live) = &mut self.live else {
            return Err(failed(&trail.settings.folder)(io::Error::other("there is no segment")));
        };
        if !live.settled {
            settle(trail, live, &self.dead)?;
            live.settled = true;
        }
        Ok(live)
    }

    fn begin(&mut self, trail: &Trail) -> Result<Live, TrailError> {
        let Settings { folder, .. } = &trail.settings;
        let key = self.key(trail)?;
        let begin = || {
            crate::files::create_folder(folder)?;
            // One after the other: each names all that were begun before it.
            let turn = crate::files::turn(folder)?;
            live::publish_key(folder, key.as_ref())?;
            Ok((Others::look(folder, &key.public())?, turn))
        };
        let (mut others, turn) = begin().map_err(failed(folder))?;
        let now = trail.around.now();
        let name = SegmentName::after(others.last.as_ref(), now, &trail.process, self.begun + 1);
        let live = Live::begin(Begin {
            folder,
            name,
            process: &trail.process,
            key,
            around: trail.around.clone(),
            others: &others,
            wrap: &trail.wrap,
        })?;
        drop(turn);
        self.begun += 1;
        self.dead = std::mem::take(&mut others.dead);
        Ok(live)
    }

    /// Begins another segment where this one is large or old.
    fn rotate(&mut self, trail: &Trail) -> Result<(), TrailError> {
        let full = self.live.as_ref().is_some_and(|live| {
            let age = trail.around.now().duration_since(live.begun);
            live.size() >= trail.settings.rotate_bytes || age >= LONGEST
        });
        if full { self.close(trail, "rotation") } else { Ok(()) }
    }

    fn close(&mut self, trail: &Trail, why: &str) -> Result<(), TrailError> {
        if self.live.as_ref().is_some_and(|live| live.unchecked() > 0) {
            self.checkpoint(trail)?;
        }
        let Some(live) = &mut self.live else { return Ok(()) };
        if why == END
            && let Some(outside) = self.outside.take()
        {
            for failure in outside.finish() {
                live.append(failure, false)?;
            }
        }
        live.close(why)?;
        self.live = None;
        Ok(())
    }

    /// Signs what is there so far, and sends it to where checkpoints go besides.
    fn checkpoint(&mut self, trail: &Trail) -> Result<(), TrailError> {
        let Some(live) = &mut self.live else { return Ok(()) };
        let checkpoint = live.checkpoint()?;
        if trail.settings.syslog.is_some() || trail.settings.command.is_some() {
            let outside = self.outside.get_or_insert_with(|| Outside::new(&trail.settings));
            outside.send(&checkpoint, trail.around.now());
        }
        Ok(())
    }

    fn key(&mut self, trail: &Trail) -> Result<Arc<dyn SigningKey>, TrailError> {
        if let Some(key) = &self.key {
            return Ok(Arc::clone(key));
        }
        let state = &trail.settings.state;
        let key = KeyFile::open(state, trail.around.random.as_ref());
        let key: Arc<dyn SigningKey> = Arc::new(key.map_err(failed(&state.join(KEY_FILE)))?);
        self.key = Some(Arc::clone(&key));
        Ok(key)
    }

    fn pseudonyms(&mut self, trail: &Trail) -> Result<&Pseudonyms, TrailError> {
        let place = trail.settings.state.join(PSEUDONYM_KEY_FILE);
        if self.pseudonyms.is_none() {
            let key = Pseudonyms::open(&place, trail.around.random.as_ref());
            self.pseudonyms = Some(key.map_err(failed(&place))?);
        }
        self.pseudonyms.as_ref().ok_or_else(|| failed(&place)(io::Error::other("there is no key")))
    }
}

/// Looks after what other processes left behind. That one of them cannot be looked after does not
/// stop this process; that its own segment cannot be written does.
fn settle(trail: &Trail, live: &mut Live, dead: &[SegmentName]) -> Result<(), TrailError> {
    let Settings { folder, retention_days, .. } = &trail.settings;
    for name in dead {
        if let Err(error) = recover(folder, name, live, &trail.around) {
            tracing::error!(%error, segment = %name, "a segment could not be looked after");
            let told = json!({ "error": error.to_string() });
            live.append(live::about("not_recovered", name, told), false)?;
        }
    }
    if *retention_days > 0
        && let Err(error) = retire(folder, *retention_days, trail.around.now(), live)
    {
        tracing::error!(%error, "old segments of the audit trail could not be deleted");
    }
    Ok(())
}

fn failed(place: &Path) -> impl Fn(io::Error) -> TrailError {
    let place = place.display().to_string();
    move |cause| TrailError::Write { place: place.clone(), cause }
}

#[cfg(test)]
mod tests;
