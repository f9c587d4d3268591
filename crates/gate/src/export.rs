//! The folder that tools may write to, and nothing beside it.

use std::{
    io::{self, Seek as _, Write as _},
    path::{Component, Path, PathBuf},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, File, OpenOptions},
};
use okta_catalog::{Export, ExportFile, Failure};
use serde_json::{Value, json};

use crate::private;

/// A folder for exports and for the secrets that Okta issues. It is made when it is first needed.
#[derive(Clone, Debug)]
pub struct ExportFolder(PathBuf);

/// A file cannot be made or opened.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}; files go to {folder}")]
pub struct FolderError {
    path: String,
    problem: String,
    folder: String,
}

impl ExportFolder {
    /// Exports go to this folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// A new file that only its owner may read, at a path inside the folder; fails where there
    /// is one already.
    pub(crate) fn create(&self, path: &str) -> Result<NewFile, FolderError> {
        let name = self.inside(path)?;
        let dir = self.dir(path)?;
        if let Some(parent) = name.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            dir.create_dir_all(parent).map_err(|error| self.error(path, &error))?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private::only_owner(&mut options);
        let file = dir.open_with(&name, &options).map_err(|error| self.error(path, &error))?;
        Ok(NewFile { dir, file, path: self.0.join(&name), name })
    }

    fn reopen(&self, path: &str) -> Result<(NewFile, Value), FolderError> {
        let name = self.inside(path)?;
        let dir = self.dir(path)?;
        let fail = |error: io::Error| self.error(path, &error);
        let kept = dir
            .read_to_string(state_name(&name))
            .map_err(|_| self.problem(path, "no export that broke off is kept under this name"))?;
        let kept: Value = serde_json::from_str(&kept)
            .map_err(|_| self.problem(path, "what is kept of the export cannot be read"))?;
        if dir.symlink_metadata(&name).map_err(fail)?.is_symlink() {
            return Err(self.problem(path, "it is a link"));
        }
        let mut options = OpenOptions::new();
        options.write(true);
        let mut file = dir.open_with(&name, &options).map_err(fail)?;
        let length = kept.get("length").and_then(Value::as_u64).unwrap_or_default();
        file.set_len(length).map_err(fail)?;
        file.seek(io::SeekFrom::End(0)).map_err(fail)?;
        let state = kept.get("state").cloned().unwrap_or_default();
        Ok((NewFile { dir, file, path: self.0.join(&name), name }, state))
    }

    fn dir(&self, path: &str) -> Result<Dir, FolderError> {
        private::create_folder(&self.0)
            .and_then(|()| Dir::open_ambient_dir(&self.0, ambient_authority()))
            .map_err(|error| self.error(path, &error))
    }

    /// The path inside the folder. `..` is refused here, links by the directory's capability.
    fn inside(&self, path: &str) -> Result<PathBuf, FolderError> {
        let given = Path::new(path);
        let inside = match given.strip_prefix(&self.0) {
            Ok(inside) => inside,
            Err(_) if given.is_relative() => given,
            Err(_) => return Err(self.problem(path, "the path is outside the folder")),
        };
        let plain = inside.components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || inside.as_os_str().is_empty() {
            return Err(self.problem(path, "the path is no plain name inside the folder"));
        }
        Ok(inside.to_owned())
    }

    fn error(&self, path: &str, error: &io::Error) -> FolderError {
        let problem = match error.kind() {
            io::ErrorKind::AlreadyExists => "there is such a file already".to_owned(),
            _ => error.to_string(),
        };
        self.problem(path, &problem)
    }

    fn problem(&self, path: &str, problem: &str) -> FolderError {
        FolderError {
            path: path.to_owned(),
            problem: problem.to_owned(),
            folder: self.0.display().to_string(),
        }
    }

    /// Opens what a tool asks for. `stamp` makes the name that the server chooses.
    pub(crate) fn open(&self, wanted: ExportFile, stamp: &str) -> Result<Box<dyn Export>, Failure> {
        let ExportFile { path, stem, ending, resume } = wanted;
        let path = path.unwrap_or_else(|| format!("{stem}-{stamp}.{ending}"));
        let opened = if resume {
            self.reopen(&path).map(|(file, state)| (file, Some(state)))
        } else {
            self.create(&path).map(|file| (file, None))
        };
        let (file, resumed) = opened.map_err(|error| Failure::File(error.to_string()))?;
        Ok(Box::new(Opened { file, resumed }))
    }
}

fn state_name(name: &Path) -> PathBuf {
    let mut state = name.as_os_str().to_owned();
    state.push(".resume.json");
    state.into()
}

/// A file that was just made.
pub(crate) struct NewFile {
    dir: Dir,
    file: File,
    name: PathBuf,
    path: PathBuf,
}

impl NewFile {
    /// The whole path.
    pub(crate) fn path(&self) -> String {
        self.path.display().to_string()
    }

    /// Writes the file's whole content, and makes it durable.
    pub(crate) fn fill(&mut self, content: &[u8]) -> io::Result<()> {
        self.file.write_all(content)?;
        self.file.sync_all()
    }

    /// Takes the file away again.
    pub(crate) fn discard(self) -> io::Result<()> {
        self.dir.remove_file(&self.name)
    }
}

struct Opened {
    file: NewFile,
    resumed: Option<Value>,
}

impl Opened {
    fn told(&self, error: &io::Error) -> Failure {
        Failure::File(format!("{} cannot be written: {error}", self.file.path()))
    }
}

impl Export for Opened {
    fn resumed(&self) -> Option<Value> {
        self.resumed.clone()
    }

    fn write(&mut self, rows: &[u8]) -> Result<(), Failure> {
        self.file.file.write_all(rows).map_err(|error| self.told(&error))
    }

    fn checkpoint(&mut self, state: &Value) -> Result<(), Failure> {
        let keep = || -> io::Result<()> {
            self.file.file.sync_data()?;
            let length = self.file.file.metadata()?.len();
            let kept = json!({ "length": length, "state": state }).to_string();
            let name = state_name(&self.file.name);
            let mut fresh = name.clone().into_os_string();
            fresh.push(".new");
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            private::only_owner(&mut options);
            self.file.dir.open_with(&fresh, &options)?.write_all(kept.as_bytes())?;
            self.file.dir.rename(&fresh, &self.file.dir, &name)
        };
        keep().map_err(|error| self.told(&error))
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.file.file.sync_all().map_err(|error| self.told(&error))?;
        match self.file.dir.remove_file(state_name(&self.file.name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.told(&error)),
            _ => Ok(()),
        }
    }

    fn path(&self) -> String {
        self.file.path()
    }
}
