//! What the product keeps is nobody else's: neither the database nor the attachments nor the secret that seals keys may
//! be read by other accounts of the machine, from the first byte on.

use crate::Settings;

/// Lets nothing that this process makes be read or written by others.
#[cfg(unix)]
pub(super) fn make_private() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Takes from others what they may do with what earlier versions, or a careless copy, left open to them.
///
/// # Errors
/// What belongs to another account, and so cannot be mended.
#[cfg(unix)]
pub(super) fn mend(settings: &Settings) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let database = settings.database_file().into_iter().flat_map(|file| {
        ["", "-wal", "-shm", "-journal"].map(|ending| {
            let mut name = file.clone().into_os_string();
            name.push(ending);
            name.into()
        })
    });
    let kept =
        database.chain([settings.files_directory.clone()]).chain(settings.identity.secret_beside.clone());
    for place in kept {
        let Ok(about) = std::fs::metadata(&place) else { continue };
        let mode = about.permissions().mode();
        if mode & 0o077 == 0 {
            continue;
        }
        let mended = std::fs::Permissions::from_mode(mode & 0o700);
        std::fs::set_permissions(&place, mended).map_err(|error| {
            let place = place.display();
            format!("{place} is open to other accounts of this machine, and that cannot be mended: {error}")
        })?;
        log::warn!("{} was open to other accounts of this machine; it is no longer", place.display());
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn make_private() {}

#[cfg(not(unix))]
pub(super) fn mend(_: &Settings) -> Result<(), String> {
    Ok(())
}
