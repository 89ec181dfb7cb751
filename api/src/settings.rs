//! What an installation sets: of the server, and of each wing that asks for something.

use crate::{identity::IdentitySettings, spine::ServerSettings};
use clap::Args;
use std::ops::{Deref, DerefMut};

/// How the product runs.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// How the server runs.
    #[command(flatten)]
    pub server: ServerSettings,
    /// How tokens are signed and passwords hashed.
    #[command(flatten)]
    pub identity: IdentitySettings,
}

impl Settings {
    /// Refuses what cannot be, before anything is done.
    ///
    /// # Errors
    /// The first setting that is wrong, in a line.
    pub fn check(&self) -> Result<(), String> {
        self.server.check()?;
        self.identity.check()
    }

    /// The same, so that a signing secret nobody gave is kept beside what it seals.
    #[must_use]
    pub fn keeping_secret(mut self) -> Self {
        let beside = self.database_file().unwrap_or_else(|| self.files_directory.clone());
        let mut name = beside.file_name().unwrap_or_default().to_owned();
        name.push(".secret");
        self.identity.secret_beside = Some(beside.with_file_name(name));
        self
    }
}

impl Deref for Settings {
    type Target = ServerSettings;
    fn deref(&self) -> &ServerSettings {
        &self.server
    }
}

impl DerefMut for Settings {
    fn deref_mut(&mut self) -> &mut ServerSettings {
        &mut self.server
    }
}
