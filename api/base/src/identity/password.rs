//! Hashing passwords: Argon2id, a bounded number at once, and as slow for an account that does not exist as
//! for one that does. `[ID-1]`

use super::IdentitySettings;
use crate::spine::{Problem, codes};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash as Phc, PasswordHasher, PasswordVerifier, SaltString},
};
use domain::identity::{PasswordHash, Secret};
use persistence::spine::Failure;
use rand::TryRngCore;
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;

/// How many may wait for their turn; more are turned away.
const WAITING_MAX: usize = 64;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    argon: Argon2<'static>,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    nobodys: Arc<OnceLock<PasswordHash>>,
}

/// Counts one who waits, until dropped.
struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Passwords {
    /// With the cost the settings name; costs that Argon2 does not know fall back to its own.
    pub fn new(settings: &IdentitySettings) -> Self {
        let params = Params::new(settings.password_memory_kib, settings.password_passes, 1, None);
        let params = params.unwrap_or_else(|error| {
            log::warn!("password cost: {error}; the default is used");
            Params::default()
        });
        Self {
            argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            turns: Arc::new(Semaphore::new(settings.password_concurrency.max(1))),
            waiting: Arc::new(AtomicUsize::new(0)),
            nobodys: Arc::new(OnceLock::new()),
        }
    }

    /// Hashes a password with a fresh salt.
    ///
    /// # Errors
    /// 503 where too many wait.
    pub async fn hash(&self, password: Secret) -> Result<PasswordHash, Problem> {
        self.in_turn(move |passwords| passwords.hash_now(&password)).await?
    }

    /// Whether a password is the one of a hash. Without a hash — there is no such account — it takes as long
    /// and is not.
    ///
    /// # Errors
    /// 503 where too many wait.
    pub async fn verify(&self, password: Secret, hash: Option<PasswordHash>) -> Result<bool, Problem> {
        let hash = hash.filter(PasswordHash::is_set);
        self.in_turn(move |passwords| passwords.verify_now(&password, hash.as_ref())).await?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let waiting = Waiting(self.waiting.clone());
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= WAITING_MAX {
            return Err(Problem::new(codes::OVERLOADED));
        }
        let turn = self.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Problem::from(Failure::fault("the turns are closed")))?;
        let passwords = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, also when the caller has gone meanwhile.
            let _held = (turn, waiting);
            work(&passwords)
        });
        done.await.map_err(|error| Failure::fault(error).into())
    }

    /// Hashes on this thread: for the command line and the first start.
    pub(super) fn hash_now(&self, password: &Secret) -> Result<PasswordHash, Problem> {
        let mut bytes = [0_u8; 16];
        rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(|error| Problem::from(Failure::fault(error)))?;
        let salt = SaltString::encode_b64(&bytes).map_err(|error| Problem::from(Failure::fault(error)))?;
        let hashed = self.argon.hash_password(password.reveal().as_bytes(), &salt);
        let hashed = hashed.map_err(|error| Problem::from(Failure::fault(error)))?;
        Ok(PasswordHash::new(hashed.to_string()))
    }

    fn verify_now(&self, password: &Secret, hash: Option<&PasswordHash>) -> Result<bool, Problem> {
        let exists = hash.is_some();
        let hash = match hash {
            Some(hash) => hash.clone(),
            None => self.nobodys_hash()?,
        };
        let parsed = Phc::new(hash.reveal()).map_err(|error| Problem::from(Failure::fault(error)))?;
        // The cost is that of the stored hash.
        let fits = self.argon.verify_password(password.reveal().as_bytes(), &parsed).is_ok();
        Ok(fits && exists)
    }

    /// A hash of a password nobody knows, at today's cost.
    fn nobodys_hash(&self) -> Result<PasswordHash, Problem> {
        if let Some(hash) = self.nobodys.get() {
            return Ok(hash.clone());
        }
        let hash = self.hash_now(&Secret::new(super::random_text(32)?))?;
        Ok(self.nobodys.get_or_init(|| hash).clone())
    }

    /// Makes the hash nobody's password has before anybody asks: else the first who tries an unknown name
    /// would wait twice as long.
    pub fn warm_up(&self) {
        if let Err(problem) = self.nobodys_hash() {
            log::warn!("password hashing: {problem}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::tests::settings;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(future)
    }

    #[test]
    fn a_password_fits_its_own_hash_only() {
        run(async {
            let passwords = Passwords::new(&settings());
            let one = passwords.hash(Secret::new("correct horse")).await.expect("a hash");
            let two = passwords.hash(Secret::new("correct horse")).await.expect("a hash");
            assert!(one.reveal().starts_with("$argon2id$v=19$"));
            assert_ne!(one, two, "each hash has its own salt");
            assert!(
                passwords.verify(Secret::new("correct horse"), Some(one.clone())).await.expect("a verdict")
            );
            assert!(!passwords.verify(Secret::new("correct horsf"), Some(one)).await.expect("a verdict"));
            assert!(!passwords.verify(Secret::new("correct horse"), None).await.expect("a verdict"));
        });
    }

    #[test]
    fn an_unknown_account_costs_as_much_as_a_known_one() {
        run(async {
            let passwords = Passwords::new(&settings());
            passwords.warm_up();
            let hash = passwords.nobodys.get().expect("it was made").clone();
            let cost = |hash: &PasswordHash| hash.reveal().split('$').nth(3).map(str::to_owned);
            let known = passwords.hash(Secret::new("x")).await.expect("a hash");
            assert_eq!(cost(&hash), cost(&known));
            assert!(!passwords.verify(Secret::new("x"), None).await.expect("a verdict"));
        });
    }

    #[test]
    fn too_many_who_wait_are_turned_away() {
        run(async {
            let passwords = Passwords::new(&settings());
            let hold = passwords.turns.clone().acquire_owned().await.expect("a turn");
            let waiting: Vec<_> = (0..WAITING_MAX)
                .map(|_| {
                    tokio::spawn({
                        let passwords = passwords.clone();
                        async move { passwords.hash(Secret::new("x")).await }
                    })
                })
                .collect();
            while passwords.waiting.load(Ordering::SeqCst) < WAITING_MAX {
                tokio::task::yield_now().await;
            }
            let refused = passwords.hash(Secret::new("x")).await.expect_err("too many wait");
            assert_eq!(refused.status(), 503);
            drop(hold);
            for one in waiting {
                one.await.expect("it ran").expect("a hash");
            }
            assert_eq!(passwords.waiting.load(Ordering::SeqCst), 0);
        });
    }
}
