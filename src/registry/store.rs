//! Where a registry's bytes stand: a directory, or an object store (S3, Google Cloud Storage, Azure) by its URL.
//!
//! Everything rests on one operation that all of them have: create an object whole, unless one of that name is there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{
    Error as StoreError, ObjectStore, ObjectStoreExt, ObjectStoreScheme, PutMode, PutOptions, RetryConfig,
};
use url::Url;

use crate::error::{Error, ErrorKind, Result, internal};

/// Requests under way at once.
const AT_ONCE: usize = 16;

/// Where files of a directory are written before they get their names; what a killed writer leaves there is never read.
const STAGING: &str = "staging";

/// Where a registry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A directory.
    Directory(PathBuf),
    /// An object store's URL, such as `s3://bucket/scorecards`.
    Url(Url),
}

impl Location {
    /// Reads `text`: a URL where it has a scheme, else a directory.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for what is no URL, or a scheme that cannot hold a registry.
    pub fn parse(text: &str) -> Result<Self> {
        if !text.contains("://") {
            return Ok(Location::Directory(PathBuf::from(text)));
        }
        let wrong = |what: String| {
            Error::new(ErrorKind::Usage, what).help(
                "a registry is a directory, or s3://BUCKET/FOLDER, gs://BUCKET/FOLDER, az://CONTAINER/FOLDER; keys and \
                 endpoints come from the environment (AWS_..., GOOGLE_..., AZURE_...)",
            )
        };
        let url = Url::parse(text).map_err(|e| wrong(format!("{text:?} is no URL: {e}")))?;
        match url.scheme() {
            "s3" | "s3a" | "gs" | "az" | "adl" | "azure" | "abfs" | "abfss"
                if url.host_str().is_none_or(str::is_empty) =>
            {
                Err(wrong(format!("{text:?} names no bucket")))
            }
            "file" => {
                let path = url.to_file_path().map_err(|()| wrong(format!("{text:?} names no directory")))?;
                Ok(Location::Directory(path))
            }
            "s3" | "s3a" | "gs" | "az" | "adl" | "azure" | "abfs" | "abfss" => Ok(Location::Url(url)),
            other => Err(wrong(format!("a registry cannot stand at a {other}:// address"))),
        }
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Location::Directory(path) => write!(f, "{}", path.display()),
            Location::Url(url) => write!(f, "{url}"),
        }
    }
}

/// Whether an object was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// It was made.
    Created,
    /// One of that name was there, and stays as it was.
    Exists,
}

/// An opened place.
pub struct Store {
    location: Location,
    objects: Arc<dyn ObjectStore>,
    base: Key,
    runtime: tokio::runtime::Runtime,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("location", &self.location).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a place; `environment` has the keys and endpoints of object stores by the names of environment variables.
    /// A directory is made only where `create`.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] where it is not there, [`ErrorKind::Usage`] for settings that do not fit.
    pub fn open(
        location: &Location,
        environment: impl IntoIterator<Item = (String, String)>,
        create: bool,
    ) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(internal)?;
        let (objects, base): (Arc<dyn ObjectStore>, Key) = match location {
            Location::Directory(path) => {
                if create {
                    std::fs::create_dir_all(path).map_err(|e| {
                        Error::new(ErrorKind::Output, format!("the registry's directory cannot be made: {e}"))
                            .in_file(path)
                            .help("check the path and the permissions")
                    })?;
                }
                if !path.is_dir() {
                    return Err(absent(location));
                }
                let local = LocalFileSystem::new_with_prefix(path).map_err(|e| {
                    Error::new(ErrorKind::Unreadable, format!("the registry cannot be opened: {e}")).in_file(path)
                })?;
                (Arc::new(local), Key::default())
            }
            Location::Url(url) => object_store_at(url, environment).map_err(|e| {
                Error::new(ErrorKind::Usage, format!("the object store cannot be opened: {e}")).help(
                    "check the URL, and the keys and endpoint in the environment (AWS_..., GOOGLE_..., AZURE_...)",
                )
            })?,
        };
        Ok(Store { location: location.clone(), objects, base, runtime })
    }

    /// Where it stands.
    pub fn location(&self) -> &Location {
        &self.location
    }

    fn key(&self, name: &str) -> Result<Key> {
        let key = Key::parse(name).map_err(|e| internal(format!("{name}: {e}")))?;
        Ok(self.base.parts().chain(key.parts()).collect())
    }

    /// The path of an object as people find it.
    pub fn shown(&self, name: &str) -> PathBuf {
        match &self.location {
            Location::Directory(path) => path.join(name),
            Location::Url(url) => PathBuf::from(format!("{}/{name}", url.as_str().trim_end_matches('/'))),
        }
    }

    fn failed(&self, name: &str, reason: &StoreError) -> Error {
        let error = match reason {
            StoreError::NotFound { .. } => {
                Error::new(ErrorKind::Registry, format!("{name} is missing from the registry"))
                    .help("restore it from a backup: what an event names must be there")
            }
            StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. } => {
                Error::new(ErrorKind::Unreadable, format!("the registry refuses access: {reason}"))
                    .help("check the permissions, or the keys in the environment (AWS_..., GOOGLE_..., AZURE_...)")
            }
            StoreError::NotImplemented { .. } | StoreError::NotSupported { .. } => {
                Error::new(ErrorKind::Unreadable, format!("this store cannot hold a registry: {reason}"))
                    .help("a registry needs a store that can create an object unless it is there")
            }
            _ => Error::new(ErrorKind::Unreadable, format!("the registry's store failed: {reason}"))
                .help("check the connection, the permissions and the free space, and run the command again: nothing is half-written"),
        };
        error.in_file(self.shown(name))
    }

    /// An object's bytes; `None` where there is none of that name.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`].
    pub fn get(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let key = self.key(name)?;
        match self.runtime.block_on(async { self.objects.get(&key).await?.bytes().await }) {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(reason) => Err(self.failed(name, &reason)),
        }
    }

    /// The bytes of several objects, in the order of their names, several requests at once.
    ///
    /// # Errors
    /// [`ErrorKind::Registry`] where one is missing, [`ErrorKind::Unreadable`].
    pub fn get_all(&self, names: &[String]) -> Result<Vec<Vec<u8>>> {
        let keys = names.iter().map(|name| self.key(name)).collect::<Result<Vec<Key>>>()?;
        self.runtime.block_on(async {
            let requests = keys.iter().zip(names).map(|(key, name)| async move {
                let read = async { self.objects.get(key).await?.bytes().await };
                read.await.map(|bytes| bytes.to_vec()).map_err(|reason| self.failed(name, &reason))
            });
            futures::stream::iter(requests).buffered(AT_ONCE).try_collect().await
        })
    }

    /// The names of all objects in `folder` and below, sorted, each relative to the registry.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`].
    pub fn list(&self, folder: &str) -> Result<Vec<String>> {
        let key = self.key(folder)?;
        let listed: std::result::Result<Vec<_>, StoreError> =
            self.runtime.block_on(self.objects.list(Some(&key)).try_collect());
        let listed = listed.map_err(|reason| self.failed(folder, &reason))?;
        let depth = self.base.parts().count();
        let mut names: Vec<String> = listed
            .iter()
            .map(|object| {
                let parts: Vec<String> =
                    object.location.parts().skip(depth).map(|part| part.as_ref().to_owned()).collect();
                parts.join("/")
            })
            .collect();
        names.sort();
        Ok(names)
    }

    /// Creates an object whole, unless one of that name is there.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`]; nothing is half-written.
    pub fn create(&self, name: &str, bytes: &[u8]) -> Result<Creation> {
        match self.put(name, bytes, PutMode::Create) {
            Ok(()) => Ok(Creation::Created),
            Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => Ok(Creation::Exists),
            Err(reason) => Err(self.failed(name, &reason)),
        }
    }

    /// Writes an object whole, in place of one that may be there.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`]; nothing is half-written.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.put(name, bytes, PutMode::Overwrite).map_err(|reason| self.failed(name, &reason))
    }

    fn put(&self, name: &str, bytes: &[u8], mode: PutMode) -> std::result::Result<(), StoreError> {
        if let Location::Directory(folder) = &self.location {
            return put_file(folder, name, bytes, mode == PutMode::Create).map_err(|reason| match reason.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    StoreError::AlreadyExists { path: name.to_owned(), source: Box::new(reason) }
                }
                std::io::ErrorKind::PermissionDenied => {
                    StoreError::PermissionDenied { path: name.to_owned(), source: Box::new(reason) }
                }
                _ => StoreError::Generic { store: "LocalFileSystem", source: Box::new(reason) },
            });
        }
        let key = self.key(name).map_err(|e| StoreError::Generic { store: "registry", source: Box::new(e) })?;
        let options = PutOptions { mode, ..PutOptions::default() };
        self.runtime.block_on(self.objects.put_opts(&key, bytes.to_vec().into(), options)).map(|_| ())
    }
}

/// Writes a file of a directory whole: beside the others first, on the disk before it gets its name, so that a power cut
/// leaves no name without its content. (object_store names a file before it is on the disk.)
fn put_file(folder: &Path, name: &str, bytes: &[u8], create: bool) -> std::io::Result<()> {
    let path = folder.join(name);
    let parent = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent)?;
    let staging = folder.join(STAGING);
    std::fs::create_dir_all(&staging)?;
    let mut file = tempfile::NamedTempFile::new_in(&staging)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    file.as_file().sync_all()?;
    match create {
        true => file.persist_noclobber(&path).map(|_| ()).map_err(|e| e.error)?,
        false => file.persist(&path).map(|_| ()).map_err(|e| e.error)?,
    }
    #[cfg(unix)]
    std::fs::File::open(parent)?.sync_all()?;
    Ok(())
}

/// An object store by its URL, with the settings that `environment` has for it; it gives up after half a minute.
fn object_store_at(
    url: &Url,
    environment: impl IntoIterator<Item = (String, String)>,
) -> std::result::Result<(Arc<dyn ObjectStore>, Key), StoreError> {
    let retry = RetryConfig { max_retries: 4, retry_timeout: Duration::from_secs(30), ..RetryConfig::default() };
    let settings: Vec<(String, String)> =
        environment.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    let (scheme, base) = ObjectStoreScheme::parse(url)?;
    macro_rules! built {
        ($builder:expr) => {{
            let mut builder = $builder.with_url(url.as_str()).with_retry(retry);
            for (name, value) in settings {
                if let Ok(key) = name.parse() {
                    builder = builder.with_config(key, value);
                }
            }
            Arc::new(builder.build()?) as Arc<dyn ObjectStore>
        }};
    }
    let objects = match scheme {
        ObjectStoreScheme::AmazonS3 => built!(AmazonS3Builder::new()),
        ObjectStoreScheme::GoogleCloudStorage => built!(GoogleCloudStorageBuilder::new()),
        _ => built!(MicrosoftAzureBuilder::new()),
    };
    Ok((objects, base))
}

/// The error for a place without a registry.
pub(super) fn absent(location: &Location) -> Error {
    // Of a directory the whole path: it tells somebody who stands in another folder than expected.
    let place = match location {
        Location::Directory(path) => std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string(),
        Location::Url(url) => url.to_string(),
    };
    Error::new(ErrorKind::Unreadable, format!("there is no registry at {place}"))
        .help("name it with --registry, or make one: scorewright registry init --help")
}
