//! What the handlers of signing in need of a request: from where it comes, and the means to check it.

use super::{Identity, attempts::Device};
use crate::spine::{AppState, Argument, Description, Problem, codes, notice};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use domain::{
    identity::{Account, DeviceNote, SIGN_IN_FAILED, Secret, SignInPolicy, Username},
    spine::{Citation, Refusal, SIGN_IN_REFUSED, UserId},
};
use persistence::{
    identity::{account, session, sign_in_policy},
    spine::{Database, Failure, Request},
};
use serde_json::json;
use std::{
    future::{Ready, ready},
    net::IpAddr,
};
use uuid::Uuid;

/// The way in.
pub struct Entrance {
    state: web::Data<AppState>,
    address: Option<IpAddr>,
    agent: String,
    /// In whose name the trail is told of it.
    teller: Request,
}

impl Entrance {
    pub(super) fn identity(&self) -> Result<&Identity, Failure> {
        self.state.part()
    }

    pub(super) fn database(&self) -> &Database {
        &self.state.database
    }

    /// Where the request comes from, for the list of sessions.
    pub(super) fn device(&self) -> DeviceNote {
        let address = self.address.map(|address| address.to_string()).unwrap_or_default();
        DeviceNote::new(&address, &self.agent)
    }

    /// The account of a name whose password is this one; slowed down after failures, and telling nobody
    /// whether there is such an account. What fails is told to the trail and the log.
    pub(super) async fn check_password(
        &self,
        username: &str,
        password: Secret,
    ) -> Result<(Account, SignInPolicy), Problem> {
        // What cannot be a user name is treated like one that nobody has.
        let name = Username::new(username).ok();
        let counted = name.as_ref().map_or("", Username::as_str).to_owned();
        let Sought { account, is_usable, is_known, policy } = self.seek(name).await?;
        let (now, about) = (self.database().now(), account.as_ref().map(|account| account.id));
        let attempts = &self.identity()?.attempts;
        let attempt = match attempts.begin(&counted, (&self.place(), is_known), now, &policy) {
            Ok(attempt) => attempt,
            Err(refusal) => {
                self.tell(about, "too_many_attempts").await;
                return Err(refusal.into());
            }
        };
        let hash = account.as_ref().filter(|_| is_usable).and_then(|account| account.password.clone());
        let fits = self.identity()?.passwords.verify(password, hash).await?;
        let Some(account) = account.filter(|_| fits) else {
            let reason = match about {
                None => "no_such_account",
                Some(_) if is_usable => "wrong_password",
                Some(_) => "account_not_usable",
            };
            self.tell(about, reason).await;
            return Err(Refusal::new(SIGN_IN_FAILED).citing(Citation::rule("ID-1")).into());
        };
        attempts.succeeded(&attempt);
        Ok((account, policy))
    }

    /// Where the attempt comes from, as it is counted.
    fn place(&self) -> Device {
        Device::new(self.address, &self.device().agent)
    }

    /// What there is to know before a password is looked at.
    async fn seek(&self, name: Option<Username>) -> Result<Sought, Failure> {
        let place = self.place();
        let read = move |reader: &mut persistence::spine::Reader<'_>| {
            let account = match &name {
                Some(name) => account::by_username(reader, name)?,
                None => None,
            };
            let is_usable = match &account {
                Some(account) => account::is_usable(reader, account)?,
                None => false,
            };
            let user = account.as_ref().map_or(UserId::from_uuid(Uuid::nil()), |account| account.id);
            let is_known = place.is_among(&session::devices_of(reader, user)?);
            Ok(Sought { account, is_usable, is_known, policy: sign_in_policy(reader)? })
        };
        self.database().read(Request::system("sign-in"), read).await
    }

    /// Tells the trail and the log that somebody was not let in, and why: the account by its id, where there is one (what
    /// was typed for a name may be a password).
    async fn tell(&self, about: Option<UserId>, reason: &'static str) {
        let from = self.teller.origin.as_deref().unwrap_or_default();
        let id = about.map(|user| user.uuid());
        if reason == "too_many_attempts" && !self.state.told.is_new(format!("sign-in {id:?} {from}")) {
            return;
        }
        let facts = json!({"reason": reason, "agent": self.device().agent});
        if let Err(failure) = notice::tell(&self.state, self.teller.clone(), SIGN_IN_REFUSED, id, facts).await
        {
            log::error!("a refused sign-in could not be told the trail: {failure:?}");
        }
    }
}

/// What is known of an attempt before the password is looked at.
struct Sought {
    account: Option<Account>,
    is_usable: bool,
    /// Whether the account was signed in to from this device before.
    is_known: bool,
    policy: SignInPolicy,
}

impl FromRequest for Entrance {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(state) = request.app_data::<web::Data<AppState>>().cloned() else {
            return ready(Err(Problem::new(codes::INTERNAL)));
        };
        let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let agent = agent.unwrap_or_default().to_owned();
        let teller = notice::teller(request);
        ready(Ok(Self { state, address: crate::spine::address::of(request), agent, teller }))
    }
}

impl Argument for Entrance {
    fn describe(description: &mut Description) {
        description.problems.extend([401, 429, 503]);
    }
}
