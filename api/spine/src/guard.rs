//! Who may call a route: said in the handler's signature. `[ID-5]`

use super::{Problem, codes};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use domain::spine::{Permission, Requires};
use persistence::spine::{Credential, Principal};
use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

/// Where whoever must do so changes their password.
const CHANGE_PASSWORD: &str = "/api/v1/me/password";

/// What a route demands of its caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Anybody, also without a token. The list of these stands in a test.
    Public,
    /// Anybody who is signed in.
    SignedIn,
    /// A permission.
    Permission(Permission),
}

/// The first argument of every handler.
pub trait Guard: FromRequest {
    /// What it demands.
    const ACCESS: Access;
    /// Who calls.
    fn principal(&self) -> &Principal;
    /// The permission whose reach bounds what the work sees.
    fn permission(&self) -> Option<Permission> {
        match Self::ACCESS {
            Access::Permission(permission) => Some(permission),
            Access::Public | Access::SignedIn => None,
        }
    }
}

/// A caller who holds a permission.
pub struct Can<P> {
    principal: Principal,
    demanded: PhantomData<P>,
}

/// A caller who is signed in; what they may see follows from who they are.
#[derive(Clone)]
pub struct SignedIn {
    principal: Principal,
}

/// A caller who may be anybody.
pub struct Public {
    principal: Principal,
}

/// What authentication made of the request's credentials.
#[derive(Clone)]
pub(super) enum Caller {
    Known(Principal),
    /// No token, or none that is worth anything.
    Unknown,
}

fn caller(request: &HttpRequest) -> Result<Principal, Problem> {
    match request.extensions().get::<Caller>() {
        Some(Caller::Known(principal)) if principal.credential != Credential::Anonymous => {
            Ok(principal.clone())
        }
        _ => Err(Problem::new(codes::UNAUTHENTICATED)),
    }
}

impl<P> Clone for Can<P> {
    fn clone(&self) -> Self {
        Self { principal: self.principal.clone(), demanded: PhantomData }
    }
}
impl<P: Requires> Guard for Can<P> {
    const ACCESS: Access = Access::Permission(P::PERMISSION);
    fn principal(&self) -> &Principal {
        &self.principal
    }
}
impl<P: Requires> FromRequest for Can<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request).and_then(|principal| {
            if principal.actor.may(P::PERMISSION) {
                Ok(Self { principal, demanded: PhantomData })
            } else if principal.must_change_password {
                Err(Problem::new(codes::PASSWORD_TO_CHANGE).with("href", CHANGE_PASSWORD))
            } else {
                Err(Problem::lacking(P::PERMISSION))
            }
        }))
    }
}

impl Guard for SignedIn {
    const ACCESS: Access = Access::SignedIn;
    fn principal(&self) -> &Principal {
        &self.principal
    }
}
impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request).map(|principal| Self { principal }))
    }
}

impl Guard for Public {
    const ACCESS: Access = Access::Public;
    fn principal(&self) -> &Principal {
        &self.principal
    }
}
impl FromRequest for Public {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let principal = caller(request).unwrap_or_else(|_| Principal::anonymous());
        ready(Ok(Self { principal }))
    }
}
