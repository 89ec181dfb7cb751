//! What an installation sets about signing in; the rules themselves are the policy `sign-in/company`.

use super::oidc::OidcSettings;
use clap::Args;
use std::path::PathBuf;

/// How tokens are signed and passwords hashed.
#[derive(Args, Clone, Debug)]
pub struct IdentitySettings {
    /// The issuer that access tokens name.
    #[arg(long, global = true, env = "TOKEN_ISSUER", default_value = "marketing-center")]
    pub token_issuer: String,
    /// The audience that access tokens are for.
    #[arg(long, global = true, env = "TOKEN_AUDIENCE", default_value = "marketing-center")]
    pub token_audience: String,
    /// Seals the private signing keys in the database; 32 characters at least. Without it they are stored as
    /// they are: then guard the database file like a key.
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
    #[arg(long, global = true, env = "PASSWORD_MEMORY_KIB", default_value_t = 19_456)]
    pub password_memory_kib: u32,
    /// How often hashing a password passes over that memory.
    #[arg(long, global = true, env = "PASSWORD_PASSES", default_value_t = 2)]
    pub password_passes: u32,
    /// How many passwords are hashed at once; more wait, so that sign-ins do not starve everything else.
    #[arg(long, global = true, env = "PASSWORD_CONCURRENCY", default_value_t = 1)]
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
}

/// The fewest characters of a signing secret.
const SECRET_CHARACTERS_MIN: usize = 32;

impl IdentitySettings {
    /// The secret that seals signing keys, from wherever it was given.
    ///
    /// # Errors
    /// A file that cannot be read; a secret that is too short.
    pub fn sealing_secret(&self) -> Result<Option<String>, String> {
        let secret = given(self.signing_secret.as_deref(), self.signing_secret_file.as_ref())?;
        match secret {
            Some(secret) if secret.chars().count() < SECRET_CHARACTERS_MIN => {
                Err(format!("the signing secret needs at least {SECRET_CHARACTERS_MIN} characters"))
            }
            other => Ok(other),
        }
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
