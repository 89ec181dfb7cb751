//! How long a caller waits for what takes longer than a request may: `Prefer: wait=5` (RFC 7240). `[OPR-1]`

use super::{Argument, Description, Guard, Problem, work};
use actix_web::{FromRequest, HttpRequest, dev::Payload, rt};
use persistence::spine::{Failure, Reader};
use std::{
    future::{Ready, ready},
    time::{Duration, Instant},
};
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{ParameterBuilder, ParameterIn},
    schema::Type,
};

/// Nobody is made to wait longer.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// How often it is looked meanwhile.
const LOOKS_EVERY: Duration = Duration::from_millis(200);

/// How long the caller would wait.
pub struct Patience {
    wait: Duration,
    request: HttpRequest,
}

impl FromRequest for Patience {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let wait = wanted(request).unwrap_or_default().min(WAIT_MAX);
        ready(Ok(Self { wait, request: request.clone() }))
    }
}

/// What the header says of waiting. A preference that nobody knows is none, as its standard wants it.
fn wanted(request: &HttpRequest) -> Option<Duration> {
    let sent = request.headers().get_all("Prefer").filter_map(|value| value.to_str().ok());
    let mut preferences = sent.flat_map(|value| value.split([',', ';'])).map(str::trim);
    let seconds = preferences.find_map(|one| one.strip_prefix("wait=")?.trim_matches('"').parse().ok());
    seconds.map(Duration::from_secs)
}

impl Patience {
    /// Waits until something is over, or the caller's patience is; answers at once where they have none.
    ///
    /// # Errors
    /// What the look fails with.
    pub async fn until<G: Guard>(
        &self,
        who: &G,
        is_over: impl Fn(&mut Reader<'_>) -> Result<bool, Failure> + Clone + Send + 'static,
    ) -> Result<(), Problem> {
        let begun = Instant::now();
        while begun.elapsed() < self.wait {
            let look = is_over.clone();
            let database = &work::state(&self.request)?.database;
            if database.read(work::as_asked(who, &self.request), look).await? {
                break;
            }
            rt::time::sleep(LOOKS_EVERY).await;
        }
        Ok(())
    }
}

impl Argument for Patience {
    fn describe(description: &mut Description) {
        let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(200)).build();
        let about = "`wait=n` waits up to n seconds, at most 10, for what takes longer (RFC 7240).";
        let header = ParameterBuilder::new()
            .name("Prefer")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(text))
            .build();
        description.share(header);
        description.problems.insert(503);
    }
}
