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
