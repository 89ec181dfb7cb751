//! `admin`, `api-key`, `keys`: access from the command line, before or beside anybody who can sign in.

use super::{block_on, failed, open, said};
use crate::{Settings, first_start, identity};
use clap::Subcommand;
use domain::{identity::Secret, spine::Permission};
use persistence::spine::Database;
use std::{collections::BTreeSet, io::Read};

#[derive(Subcommand)]
pub(super) enum AdminCommand {
    /// Make an administrator; the password is read from standard input.
    Create {
        /// The name to sign in with.
        #[arg(long)]
        username: String,
        /// Read the password from standard input, so that it shows in no list of processes.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

#[derive(Subcommand)]
pub(super) enum ApiKeyCommand {
    /// Issue a key to a service account and print it, this once.
    Create {
        /// The service account; it is made where there is none, with the role `integration`.
        #[arg(long)]
        username: String,
        /// What the key may be used for, separated by commas.
        #[arg(long, required = true, value_delimiter = ',', value_parser = permission)]
        scopes: Vec<Permission>,
        /// Days until the key ends by itself.
        #[arg(long)]
        days: Option<i64>,
    },
    /// Revoke a key at once.
    Revoke {
        /// The readable beginning of the key, such as `mc_k3v9x2abqw`.
        #[arg(long)]
        prefix: String,
    },
}

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// Make a new key for signing tokens; the old one is accepted for as long as its tokens live.
    Rotate,
}

fn permission(code: &str) -> Result<Permission, String> {
    code.parse().map_err(|()| format!("unknown permission {code}"))
}

/// The database with what ships with the product.
fn opened(settings: &Settings) -> Result<Database, String> {
    let database = open(settings)?;
    block_on(first_start(&database))?.map_err(failed)?;
    Ok(database)
}

pub(super) fn admin(settings: &Settings, command: AdminCommand) -> Result<(), String> {
    let AdminCommand::Create { username, password_stdin: _ } = command;
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password).map_err(|error| error.to_string())?;
    let password = Secret::new(password.trim_end_matches(['\r', '\n']));
    let database = opened(settings)?;
    block_on(identity::create_administrator(&database, &settings.identity, &username, password))?
        .map_err(|problem| said(&problem))?;
    println!("administrator {username} was made");
    Ok(())
}

pub(super) fn api_key(settings: &Settings, command: ApiKeyCommand) -> Result<(), String> {
    let database = opened(settings)?;
    match command {
        ApiKeyCommand::Create { username, scopes, days } => {
            let scopes: BTreeSet<Permission> = scopes.into_iter().collect();
            let key = block_on(identity::issue_key(&database, &username, scopes, days))?;
            println!("{}", key.map_err(|problem| said(&problem))?);
        }
        ApiKeyCommand::Revoke { prefix } => {
            block_on(identity::revoke_key(&database, &prefix))?.map_err(|problem| said(&problem))?;
            println!("key {prefix} was revoked");
        }
    }
    Ok(())
}

pub(super) fn keys(settings: &Settings, command: &KeysCommand) -> Result<(), String> {
    let KeysCommand::Rotate = command;
    let database = opened(settings)?;
    let kid = block_on(identity::rotate_keys(&database, &settings.identity))?;
    println!("tokens are signed by key {} from now on", kid.map_err(|problem| said(&problem))?);
    let sealed = block_on(persistence::customer::field_key::rotate(&database))?;
    let sealed = sealed.map_err(super::failed)?;
    println!("{sealed} customers were sealed anew by a new key");
    Ok(())
}
