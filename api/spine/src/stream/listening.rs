//! How a handler lets its caller listen: `listening.hear(who, |reader| …)`, which finds where.

use super::{EventStream, Find, Listener, line};
use crate::spine::{
    Argument, Description, Guard, Problem, codes,
    work::{as_asked, known_parameters, parameter, state},
};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::Duration;
use persistence::spine::{Failure, Reader, Request, feed_head, missed};
use std::{
    future::{Ready, ready},
    sync::Arc,
    time::Instant,
};
use utoipa::openapi::{ObjectBuilder, path::ParameterIn, schema::Type};
use uuid::Uuid;

/// The header in which a browser says by itself what it heard last.
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// The same as a parameter, for whoever begins anew with another ticket.
const LAST_EVENT_ID_PARAMETER: &str = "last_event_id";
/// What opens a stream where no header can be sent.
pub(super) const TICKET_PARAMETER: &str = "ticket";

/// Lets a caller listen.
pub struct Listening {
    request: HttpRequest,
    after: Option<i64>,
}

impl Listening {
    /// Opens the stream of whoever calls, at the address that `find` finds. That is looked for again whenever access or master
    /// data changed anywhere: where it is not found any more, the stream ends.
    ///
    /// # Errors
    /// Too many streams of one account, or at this server; what `find` fails with.
    pub async fn hear<G: Guard>(
        self,
        who: G,
        find: impl Fn(&mut Reader<'_>) -> Result<Uuid, Failure> + Send + Sync + 'static,
    ) -> Result<EventStream, Problem> {
        let state = state(&self.request)?;
        if state.is_draining() {
            return Err(Problem::new(codes::DRAINING));
        }
        let find: Find = Arc::new(find);
        let (database, found) = (&state.database, find.clone());
        let address = database.read(as_asked(&who, &self.request), move |reader| found(reader)).await?;
        let (line, hearing) = line::line();
        let listener = Listener {
            address,
            user: who.principal().actor.user,
            credential: who.principal().credential,
            permission: who.permission(),
            find,
            line,
            seen_under: None,
            said_at: Instant::now(),
        };
        // Between two rounds of the server: what happens from here on is said on the line, and what was before is read
        // behind this.
        let place = {
            let mut tail = state.streams.tail.lock().await;
            if tail.is_none() {
                *tail = Some(database.read(Request::system("streams"), feed_head).await?);
            }
            state.streams.enter(listener, state.settings.streams_max)?
        };
        let (told_to, first) = match self.after {
            None => {
                let head = database.read(Request::system("streams"), feed_head).await?;
                (head, line::greeting(head))
            }
            Some(after) => {
                let since = database.now().plus(-Duration::hours(state.settings.stream_replay_hours));
                let read = move |reader: &mut Reader<'_>| missed(reader, after, address, since);
                match database.read(Request::system("streams"), read).await? {
                    (head, None) => (head, line::resync(head)),
                    (head, Some(all)) => {
                        let told: Result<String, _> = all.iter().map(line::message).collect();
                        // Behind the last of them, so that whoever is cut off between them goes on there.
                        (head, told.map_err(Failure::from)? + &line::greeting(head))
                    }
                }
            }
        };
        Ok(EventStream { first: first.into(), told_to, hearing, place })
    }
}

/// What a caller heard last, if they say so.
fn heard_last(request: &HttpRequest, pairs: &[(String, String)]) -> Result<Option<i64>, Problem> {
    let place = |text: &str| text.trim().parse().ok().filter(|place: &i64| *place >= 0);
    if let Some(sent) = request.headers().get(LAST_EVENT_ID) {
        let bad = || Problem::new(codes::BAD_HEADER).with("header", LAST_EVENT_ID);
        return sent.to_str().ok().and_then(place).map(Some).ok_or_else(bad);
    }
    let Some((_, sent)) = pairs.iter().find(|(name, _)| name == LAST_EVENT_ID_PARAMETER) else {
        return Ok(None);
    };
    place(sent).map(Some).ok_or_else(|| Problem::bad_parameter(LAST_EVENT_ID_PARAMETER, "0 …"))
}

impl FromRequest for Listening {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = known_parameters(request).and_then(|pairs| heard_last(request, &pairs));
        ready(read.map(|after| Self { request: request.clone(), after }))
    }
}

impl Argument for Listening {
    fn describe(description: &mut Description) {
        let place = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(128));
        description.share(parameter(
            LAST_EVENT_ID,
            ParameterIn::Header,
            "The `id` heard last: what was missed since is told first. Browsers send it by themselves.",
            place(),
        ));
        description.share(parameter(
            LAST_EVENT_ID_PARAMETER,
            ParameterIn::Query,
            "The same, for whoever begins anew with another ticket.",
            place(),
        ));
        description.share(parameter(
            TICKET_PARAMETER,
            ParameterIn::Query,
            "A ticket of `POST /api/v1/stream-tickets`, in place of a token: good once.",
            text,
        ));
        description.problems.extend([400, 503]);
    }
}
