//! How a handler reaches the database: to read, or to do a unit of work.

use super::{
    Answer, AppState, Argument, At, Description, Guard, Listing, Paged, Problem, Reply, View, address,
    answer, body::BodyDigest, codes, edge::RequestId, parameter::query_pairs, query::Sent, shape::Shape,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use persistence::spine::{
    Database, Failure, IdempotencyKey, Moved, Page, Reader, Request, Resource, Slice, StoredAnswer, Tx,
};
use sha2::{Digest, Sha256};
use std::{
    future::{Ready, ready},
    ops::Deref,
};
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
};

/// Reads. All queries of one reading see one state.
pub struct Reading {
    request: HttpRequest,
    shape: Shape,
}

/// Says of a reading that a rule may refuse it: 409 or 422.
pub struct ByRules;

/// Does a unit of work: the only way for a handler to change anything.
pub struct UnitOfWork {
    request: HttpRequest,
    rehearsal: bool,
    key: Option<String>,
}

/// Does a unit of work of which there is no rehearsal, since its answer is itself the effect: whoever was told a token, a
/// key, or that a password is right, has been told. The document does not offer `validate_only` where this stands.
pub struct Unrehearsed(UnitOfWork);

impl Deref for Unrehearsed {
    type Target = UnitOfWork;
    fn deref(&self) -> &UnitOfWork {
        &self.0
    }
}

impl Unrehearsed {
    /// The same work, whose answer is not kept with an idempotency key: for answers that hold a secret,
    /// which is never stored.
    #[must_use]
    pub fn without_memory(self) -> UnitOfWork {
        UnitOfWork { key: None, ..self.0 }
    }
}

pub(super) fn state(request: &HttpRequest) -> Result<&web::Data<AppState>, Problem> {
    request.app_data::<web::Data<AppState>>().ok_or_else(|| Problem::new(codes::INTERNAL))
}

pub(super) fn as_asked<G: Guard>(who: &G, request: &HttpRequest) -> Request {
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    Request {
        principal: who.principal().clone(),
        permission: who.permission(),
        request_id,
        origin: address::of(request).map(|address| address.to_string()),
        idempotency: None,
        rehearsal: false,
    }
}

impl Reading {
    pub(super) fn request(&self) -> &HttpRequest {
        &self.request
    }
    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }
    pub(super) fn database(&self) -> Result<&Database, Problem> {
        Ok(&state(&self.request)?.database)
    }
    pub(super) fn as_asked<G: Guard>(&self, who: &G) -> Request {
        as_asked(who, &self.request)
    }

    /// The language the caller reads.
    pub fn language(&self) -> domain::spine::Language {
        super::edge::language(self.request.headers())
    }

    /// Reads with the eyes of the caller and answers with the view.
    pub async fn read<G: Guard, V: View>(
        &self,
        who: G,
        work: impl FnOnce(&mut Reader<'_>) -> Result<V, Failure> + Send + 'static,
    ) -> Reply<V> {
        let shape = self.shape.fit::<V>()?;
        let shown = move |reader: &mut Reader<'_>| {
            let view = work(reader)?;
            let body = shape.write(reader, &view)?;
            Ok(answer::store_as::<V, 200>(&view, body))
        };
        let stored = self.value(who, shown).await?;
        Ok(Answer::fresh(stored))
    }

    /// Reads a page of a list and answers with it and the cursor of the next.
    pub async fn page<G: Guard, T: View>(
        &self,
        who: G,
        paged: Paged,
        work: impl FnOnce(&mut Reader<'_>, &Page) -> Result<Slice<T>, Failure> + Send + 'static,
    ) -> Reply<Listing<T>> {
        let (page, listed, shape) = (paged.page()?, paged.clone(), self.shape.fit::<Listing<T>>()?);
        let (stored, next) = self
            .value(who, move |reader| {
                let listing = listed.listing(work(reader, &page)?);
                let next = listing.next_cursor().map(str::to_owned);
                let body = shape.write(reader, &listing)?;
                Ok((answer::store_as::<_, 200>(&listing, body), next))
            })
            .await?;
        Ok(Answer::fresh(stored).linked(next.map(|cursor| paged.link(&cursor))))
    }

    /// Reads something that is not yet an answer.
    pub async fn value<G: Guard, T: Send + 'static>(
        &self,
        who: G,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Problem> {
        let database = &state(&self.request)?.database;
        Ok(database.read(as_asked(&who, &self.request), work).await?)
    }
}

impl UnitOfWork {
    /// Whether nothing of this will be kept: for what lies outside the database.
    pub fn is_rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// Does `work` in one transaction with its audit, events and stored answer, and answers after the
    /// commit. `work` may run more than once, each time from the beginning.
    pub async fn write<G: Guard, V: View, const STATUS: u16>(
        &self,
        who: G,
        work: impl Fn(&mut Tx<'_>) -> Result<V, Failure> + Send + 'static,
    ) -> Result<Answer<V, STATUS>, Problem> {
        let database = &state(&self.request)?.database;
        let mut request = as_asked(&who, &self.request);
        request.rehearsal = self.rehearsal;
        request.idempotency = self.key.as_ref().map(|key| self.bind(key)).transpose()?;
        let answered = database.write(request, move |tx| Ok(answer::store::<V, STATUS>(&work(tx)?)?)).await?;
        Ok(Answer::new(answered))
    }

    /// The same work as a rehearsal, where the caller says so otherwise than by `validate_only`.
    #[must_use]
    pub fn rehearsed(self, rehearsal: bool) -> Self {
        Self { rehearsal: self.rehearsal || rehearsal, ..self }
    }

    /// Does what stays whatever becomes of the work itself, a rehearsal too: counts what it asks, say.
    ///
    /// # Errors
    /// What stands against it.
    pub async fn apart<G: Guard>(
        &self,
        who: &G,
        work: impl Fn(&mut Tx<'_>) -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), Problem> {
        let database = &state(&self.request)?.database;
        let mut request = as_asked(who, &self.request);
        // The trail tells it from the work.
        request.request_id.push_str(".apart");
        database.write(request, move |tx| work(tx).map(|()| StoredAnswer::default())).await?;
        Ok(())
    }

    /// Looks again at what an answer told, which may have moved since.
    pub async fn look<G: Guard, V: View, const STATUS: u16>(
        &self,
        who: &G,
        told: Answer<V, STATUS>,
        look: impl FnOnce(&mut Reader<'_>) -> Result<V, Failure> + Send + 'static,
    ) -> Result<Answer<V, STATUS>, Problem> {
        let database = &state(&self.request)?.database;
        let looked = move |reader: &mut Reader<'_>| Ok(answer::store::<V, STATUS>(&look(reader)?)?);
        let stored = database.read(as_asked(who, &self.request), looked).await?;
        Ok(told.anew(stored))
    }

    /// Moves the resource at an address and shows it: found in the caller's sight (404), at the version that was read
    /// (412), moved by `deed`, which answers a change of it or, where it has written that itself, what came of it.
    ///
    /// # Errors
    /// What stands against it.
    pub async fn moves<G: Guard, E: Resource<Wing>, Wing, M: Moved<E, Wing>>(
        &self,
        who: G,
        at: At<E>,
        deed: impl Fn(E, &mut Tx<'_>) -> Result<M, Failure> + Send + 'static,
    ) -> Reply<E::View> {
        self.write(who, move |tx| {
            let found = at.find(tx)?;
            deed(found, tx)?.written(tx)?.show(tx)
        })
        .await
    }

    /// Lets nothing of what was erased stand in files of the database any longer; waited for, once what erased it is
    /// committed. That it is not possible at once, since others read, is logged and no failure: the next time does it.
    pub async fn scrub(&self) -> Result<(), Problem> {
        let database = state(&self.request)?.database.clone();
        match web::block(move || database.scrub()).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => log::warn!("the log of the database could not be emptied yet: {failure:?}"),
            Err(error) => log::warn!("the log of the database could not be emptied: {error}"),
        }
        Ok(())
    }

    /// Binds a key to what was sent with it.
    fn bind(&self, key: &str) -> Result<IdempotencyKey, Problem> {
        let mut digest = Sha256::new();
        digest.update(self.request.method().as_str());
        digest.update([0]);
        digest.update(self.request.path());
        digest.update([0]);
        if let Some(BodyDigest(body)) = self.request.extensions().get::<BodyDigest>() {
            digest.update(body);
        }
        let kept_hours = state(&self.request)?.settings.idempotency_hours;
        Ok(IdempotencyKey { key: key.to_owned(), fingerprint: hex::encode(digest.finalize()), kept_hours })
    }
}

/// Refuses query parameters the route does not know, and repeated ones.
pub(super) fn known_parameters(request: &HttpRequest) -> Result<Vec<(String, String)>, Problem> {
    let pairs = query_pairs(request.query_string());
    if pairs.is_empty() {
        return Ok(pairs);
    }
    let route = state(request)?.routes.of(request).ok_or_else(|| Problem::new(codes::INTERNAL))?;
    if Sent::is_strange(&route, &pairs) {
        return Err(Problem::new(codes::UNKNOWN_PARAMETER));
    }
    Ok(pairs)
}

impl FromRequest for Reading {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            known_parameters(request)
                .map(|pairs| Self { request: request.clone(), shape: Shape::of(&pairs) }),
        )
    }
}

impl FromRequest for UnitOfWork {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(begin(request))
    }
}

fn begin(request: &HttpRequest) -> Result<UnitOfWork, Problem> {
    let pairs = known_parameters(request)?;
    let rehearsal =
        match pairs.iter().find(|(name, _)| name == "validate_only").map(|(_, value)| value.as_str()) {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(Problem::bad_parameter("validate_only", "true, false")),
        };
    let key = match request.headers().get("Idempotency-Key") {
        None => None,
        Some(value) => {
            let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len()));
            let bad = || Problem::new(codes::BAD_HEADER).with("header", "Idempotency-Key");
            Some(key.map(str::to_owned).ok_or_else(bad)?)
        }
    };
    Ok(UnitOfWork { request: request.clone(), rehearsal, key })
}

impl FromRequest for Unrehearsed {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // `validate_only` is a parameter nobody knows here, and refused as such.
        ready(begin(request).map(Self))
    }
}

impl Argument for Reading {
    fn describe(description: &mut Description) {
        description.reads = true;
        description.problems.extend([400, 503]);
    }
}

impl FromRequest for ByRules {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self))
    }
}

impl Argument for ByRules {
    fn describe(description: &mut Description) {
        description.problems.extend([409, 422]);
    }
}

impl Argument for UnitOfWork {
    fn describe(description: &mut Description) {
        Unrehearsed::describe(description);
        let flag = ObjectBuilder::new().schema_type(Type::Boolean).default(Some(false.into()));
        let about = "Do everything, answer as usual, keep nothing.";
        description.share(parameter("validate_only", ParameterIn::Query, about, flag));
        description.rehearses = true;
    }
}

pub(super) fn parameter(name: &str, place: ParameterIn, about: &str, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build()
}

impl Argument for Unrehearsed {
    fn describe(description: &mut Description) {
        description.writes = true;
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
        let key = "Makes a retry safe: the same key and body answer as the first time.";
        description.share(parameter("Idempotency-Key", ParameterIn::Header, key, text));
        description.problems.extend([400, 409, 422, 503]);
    }
}
