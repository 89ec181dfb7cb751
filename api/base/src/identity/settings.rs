//! What an installation sets about signing in; the rules themselves are the policy `sign-in/company`.

use super::oidc::{OidcSettings, Provider};
use clap::{
    Args,
    builder::{NonEmptyStringValueParser, RangedU64ValueParser},
    value_parser,
};
use domain::identity::Username;
use rand::TryRngCore;
use std::{
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// The most KiB of memory that hashing one password takes: four gibibytes.
const PASSWORD_MEMORY_KIB_MAX: i64 = 4 << 20;
/// The most passes over it.
const PASSWORD_PASSES_MAX: i64 = 1_000;

/// How tokens are signed and passwords hashed.
#[derive(Args, Clone, Debug)]
pub struct IdentitySettings {
    /// The issuer that access tokens name.
    #[arg(long, global = true, env = "TOKEN_ISSUER", default_value = "marketing-center",
        value_parser = NonEmptyStringValueParser::new())]
    pub token_issuer: String,
    /// The audience that access tokens are for.
    #[arg(long, global = true, env = "TOKEN_AUDIENCE", default_value = "marketing-center",
        value_parser = NonEmptyStringValueParser::new())]
    pub token_audience: String,
    /// Seals the private signing keys in the database; 32 characters at least. Without it one is made up and kept in a
    /// file beside the database, or beside the directory of the attachments where that is PostgreSQL.
    #[arg(long, global = true, env = "SIGNING_SECRET", hide_env_values = true)]
    pub signing_secret: Option<String>,
    /// A file that holds the signing secret, as container platforms provide it.
    #[arg(long, global = true, env = "SIGNING_SECRET_FILE", conflicts_with = "signing_secret")]
    pub signing_secret_file: Option<PathBuf>,
    /// Days after which a signing key is followed by a new one; 0 leaves that to `keys rotate`.
    #[arg(long, global = true, env = "SIGNING_KEY_DAYS", default_value_t = 90,
        value_parser = clap::value_parser!(i64).range(0..=3_650))]
    pub signing_key_days: i64,
    /// KiB of memory that hashing one password takes.
    #[arg(long, global = true, env = "PASSWORD_MEMORY_KIB", default_value_t = 19_456,
        value_parser = value_parser!(u32).range(8..=PASSWORD_MEMORY_KIB_MAX))]
    pub password_memory_kib: u32,
    /// How often hashing a password passes over that memory.
    #[arg(long, global = true, env = "PASSWORD_PASSES", default_value_t = 2,
        value_parser = value_parser!(u32).range(1..=PASSWORD_PASSES_MAX))]
    pub password_passes: u32,
    /// How many passwords are hashed at once; more wait, so that sign-ins do not starve everything else.
    #[arg(long, global = true, env = "PASSWORD_CONCURRENCY", default_value_t = 1,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=64))]
    pub password_concurrency: usize,
    /// The user name of the administrator who is made on the first start.
    #[arg(long, global = true, env = "ADMINISTRATOR_USERNAME", default_value = "admin")]
    pub administrator_username: String,
    /// Their password; a random one is made and printed once without it.
    #[arg(long, global = true, env = "ADMINISTRATOR_PASSWORD", hide_env_values = true)]
    pub administrator_password: Option<String>,
    /// A file that holds their password.
    #[arg(
        long,
        global = true,
        env = "ADMINISTRATOR_PASSWORD_FILE",
        conflicts_with = "administrator_password"
    )]
    pub administrator_password_file: Option<PathBuf>,
    /// The company's own identity provider.
    #[command(flatten)]
    pub oidc: OidcSettings,
    /// Where a signing secret is kept that nobody gave.
    #[arg(skip)]
    pub secret_beside: Option<PathBuf>,
}

/// The fewest characters of a signing secret.
const SECRET_CHARACTERS_MIN: usize = 32;

impl IdentitySettings {
    /// The secret that seals signing keys, from wherever it was given.
    ///
    /// # Errors
    /// A file that cannot be read; a secret that is too short.
    pub fn sealing_secret(&self) -> Result<Option<String>, String> {
        let secret = match (self.given_secret()?, &self.secret_beside) {
            (None, Some(place)) => Some(kept_at(place)?),
            (given, _) => given,
        };
        long_enough(secret)
    }

    /// Everything that cannot be known of one setting alone, without touching anything.
    ///
    /// # Errors
    /// The first that is wrong, in a line.
    pub fn check(&self) -> Result<(), String> {
        long_enough(self.given_secret()?)?;
        let username = Username::choose(&self.administrator_username).map(drop);
        username.map_err(|refusal| format!("the administrator's user name: {}", refusal.code.en))?;
        if self.first_password()?.is_some_and(|password| password.is_empty()) {
            return Err("the administrator's password is empty".to_owned());
        }
        Provider::new(&self.oidc).map(drop)
    }

    /// The secret that whoever runs the server gave.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn given_secret(&self) -> Result<Option<String>, String> {
        given(self.signing_secret.as_deref(), self.signing_secret_file.as_ref())
    }

    /// The first administrator's password, from wherever it was given.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn first_password(&self) -> Result<Option<String>, String> {
        given(self.administrator_password.as_deref(), self.administrator_password_file.as_ref())
    }
}

fn given(value: Option<&str>, file: Option<&PathBuf>) -> Result<Option<String>, String> {
    let Some(path) = file else { return Ok(value.map(str::to_owned)) };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn long_enough(secret: Option<String>) -> Result<Option<String>, String> {
    match secret {
        Some(secret) if secret.chars().count() < SECRET_CHARACTERS_MIN => {
            Err(format!("the signing secret needs at least {SECRET_CHARACTERS_MIN} characters"))
        }
        other => Ok(other),
    }
}

/// How many random bytes a secret has that is made up.
const SECRET_BYTES: usize = 32;

/// The secret in a file, which is made where it is missing: readable by its owner alone from the first byte, and whole
/// or not there. Of several servers that start at once one makes it.
fn kept_at(place: &Path) -> Result<String, String> {
    let unusable = |error: &dyn std::fmt::Display| format!("the signing secret {}: {error}", place.display());
    if !place.exists() {
        let directory = place.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory).map_err(|error| unusable(&error))?;
        let mut random = [0_u8; SECRET_BYTES];
        rand::rngs::OsRng.try_fill_bytes(&mut random).map_err(|error| unusable(&error))?;
        let mut file = tempfile::NamedTempFile::new_in(directory).map_err(|error| unusable(&error))?;
        writeln!(file, "{}", hex::encode(random)).map_err(|error| unusable(&error))?;
        file.as_file().sync_all().map_err(|error| unusable(&error))?;
        match file.persist_noclobber(place) {
            Ok(_) => log::info!("a signing secret was made: {}. Keep a copy of it apart", place.display()),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(unusable(&error.error)),
        }
    }
    let text = std::fs::read_to_string(place).map_err(|error| unusable(&error))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
