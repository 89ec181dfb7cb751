//! What the handlers of signing in need of a request: from where it comes, and the means to check it.

use super::Identity;
use crate::spine::{AppState, Argument, Description, Problem, codes};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use domain::{
    identity::{Account, DeviceNote, SIGN_IN_FAILED, Secret, SignInPolicy, Username},
    spine::{Citation, Refusal},
};
use persistence::{
    identity::{account, sign_in_policy},
    spine::{Database, Failure, Request},
};
use std::{
    future::{Ready, ready},
    net::IpAddr,
};

/// The way in.
pub struct Entrance {
    state: web::Data<AppState>,
    address: Option<IpAddr>,
    agent: String,
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
    /// whether there is such an account.
    pub(super) async fn check_password(
        &self,
        username: &str,
        password: Secret,
    ) -> Result<(Account, SignInPolicy), Problem> {
        let failed = || Problem::from(Refusal::new(SIGN_IN_FAILED).citing(Citation::rule("ID-1")));
        // What cannot be a user name is treated like one that nobody has.
        let name = Username::new(username).ok();
        let looked_up = name.clone();
        let read = move |reader: &mut persistence::spine::Reader<'_>| {
            let found = match &looked_up {
                Some(name) => account::by_username(reader, name)?,
                None => None,
            };
            let usable = match found {
                Some(account) if account::is_usable(reader, &account)? => Some(account),
                _ => None,
            };
            Ok((usable, sign_in_policy(reader)?))
        };
        let (account, policy) = self.database().read(Request::system("sign-in"), read).await?;
        let now = self.database().now();
        let attempts = &self.identity()?.attempts;
        let counted = name.as_ref().map_or("", Username::as_str);
        let attempt = attempts.begin(counted, self.address, now, &policy)?;
        let hash = account.as_ref().and_then(|account| account.password.clone());
        let fits = self.identity()?.passwords.verify(password, hash).await?;
        let account = account.filter(|_| fits).ok_or_else(failed)?;
        attempts.succeeded(&attempt);
        Ok((account, policy))
    }
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
        ready(Ok(Self { state, address: crate::spine::address::of(request), agent }))
    }
}

impl Argument for Entrance {
    fn describe(description: &mut Description) {
        description.problems.extend([401, 429, 503]);
    }
}
